"""Start-up slots, programs held before their first line, and supervisors that fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, needs_proc, wait_until
from helpers.programs import build_snippet, run_code, select_lines
from helpers.repository import ROOT
from helpers.supervisors import replace_supervisor

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import runner, supervisor_client
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.run import Run


@pytest.fixture
def single_slot(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Let only one program start at a time."""
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(supervisor_client, "_slots", slots)
    return slots


@contextmanager
def held_program(
    code: str, *, head: str = "", suffix: str = ".py", seconds: float = 20.0
) -> Iterator[list[Run]]:
    """Start a program that is released at the end of the block; its run is in the list then."""
    gate, runs, limits = threading.Event(), list[Run](), Limits(seconds=seconds)
    snippet = build_snippet(code, head=head, suffix=suffix)
    thread = threading.Thread(
        target=lambda: runs.append(execute(snippet, gate=gate, limits=limits))
    )
    thread.start()
    try:
        yield runs
    finally:
        gate.set()
        thread.join()


@pytest.mark.usefixtures("single_slot")
def test_programs_start_one_after_another_and_then_run_concurrently() -> None:
    head = 'setup = "import time; time.sleep(0.3); began = time.monotonic()"'
    program = build_snippet("print(began); time.sleep(2); print(time.monotonic())\n", head=head)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(execute, [program] * 2))
    (began, ended), (began_next, _) = sorted(tuple(map(float, select_lines(run))) for run in runs)
    assert began + 0.3 < began_next < ended


def test_program_without_a_first_line_releases_its_slot(
    single_slot: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that cannot be started."""
    run = execute(build_snippet("pass\n", head='setup = "import os; os._exit(3)"'))
    assert run.ending == "exit 3"
    monkeypatch.setattr(runner, "build_command", lambda *_: ["/no/such/program"])
    with pytest.raises(ExecutionError):
        execute(build_snippet("pass\n"))
    assert single_slot.acquire(timeout=0)


@needs_proc
def test_supervisor_that_does_not_exit_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is used."""
    token = f"stuck-{os.getpid()}"
    stuck = "import os, time; os.read(0, 1); print({'error': 'no room'}, flush=True)"
    replace_supervisor(f"{stuck}; time.sleep(60)", tmp_path / token, monkeypatch)
    monkeypatch.setattr(supervisor_client, "GRACE_S", 0.5)
    began = time.monotonic()
    with pytest.raises(ExecutionError, match="could not be started: no room"):
        run_code("pass\n")
    assert time.monotonic() - began < 30
    assert is_gone(token)


def test_silent_supervisor_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_supervisor("import time\ntime.sleep(60)", tmp_path, monkeypatch)
    monkeypatch.setattr(supervisor_client, "GRACE_S", 0.5)
    with pytest.raises(ExecutionError, match=r"ended early \(-9\)"):
        execute(build_snippet("pass\n"), limits=Limits(seconds=0.2))


@needs_proc
@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        ("os.kill(os.getpid(), 9)", "its guard process ended before"),
        ("raise OSError(11, 'Resource temporarily unavailable')", "temporarily unavailable"),
    ],
)
def test_guard_process_that_fails_early_is_an_error(
    attack: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails at its first fork, which is that of the program."""
    code = f"""
        import os
        supervisor, real_fork = os.getpid(), os.fork
        def fork():
            if os.getpid() == supervisor:
                return real_fork()
            {attack}
        os.fork = fork
        run_real()
    """
    replace_supervisor(code, tmp_path, monkeypatch)
    with pytest.raises(ExecutionError, match=f"could not be started: .*{reason}"):
        run_code("pass\n")


@needs_proc
def test_held_program_waits_before_its_first_line() -> None:
    """Its seconds count from its release, and the pipes that held it are closed."""
    setup = "import os, time; ready = time.monotonic()"
    code = "print(ready, time.monotonic(), sorted(os.environ), os.open('/', 0))\ntime.sleep(0.2)\n"
    with held_program(code, head=f'setup = "{setup}"') as runs:
        time.sleep(0.5)
        released = time.monotonic()
    [run] = runs
    ready, first, rest = select_lines(run)[0].split(maxsplit=2)
    assert float(ready) < released < float(first)
    assert 0.2 <= run.seconds < 0.5
    assert "SNIPPET_GO" not in rest
    assert rest.endswith(" 3")


@needs_proc
def test_cpu_shares_of_a_held_program_count_from_its_release() -> None:
    compute = "while time.process_time() < began + 0.2: pass\n"
    code = f"import time\nbegan = time.process_time()\n{compute}time.sleep(0.5)\n"
    with held_program(code) as runs:
        time.sleep(1.5)
    main = runs[0].workers[0]
    moments = [*(at for at, _ in main.shares[1:]), runs[0].seconds]
    # However busy the machine is, the shares add up to what was used.
    used = [share * (end - at) for (at, share), end in zip(main.shares, moments, strict=True)]
    assert 0.15 < sum(used) < 0.3
    assert main.shares[-1][1] < 0.2


@needs_proc
def test_held_shell_program_is_started_at_its_release() -> None:
    with held_program("date +%s.%N\n", suffix=".zsh") as runs:
        time.sleep(0.3)
        released = time.time()
    assert float(select_lines(runs[0])[0]) > released


@needs_proc
@pytest.mark.usefixtures("single_slot")
def test_held_program_has_no_slot_and_no_deadline() -> None:
    with held_program("print('held')\n", seconds=0.5) as runs:
        others = [select_lines(run_code(f"print({number})\n")) for number in range(3)]
        time.sleep(0.8)
        assert not runs
    assert others == [["0"], ["1"], ["2"]]
    assert select_lines(runs[0]) == ["held"]
    assert runs[0].ending == "exit 0"


@needs_proc
def test_program_that_ends_while_it_is_held_has_its_exit_status() -> None:
    with held_program("print('never')\n", head='setup = "import os; os._exit(3)"') as runs:
        time.sleep(0.2)
    assert runs[0].ending == "exit 3"
    assert runs[0].lines == ()


@needs_proc
def test_held_program_is_killed_with_the_engine() -> None:
    token = f"held-{os.getpid()}"
    engine = f"""
import sys, threading
sys.path[:0] = {[str(ROOT), str(ROOT / "tests")]!r}
from helpers.programs import build_snippet
from snippet_engine.execution.runner import execute
setup = "print(" + repr("{token[:3]}" "{token[3:]}") + ")"
program = build_snippet("pass\\n", head=f'setup = "{{setup}}"')
execute(program, gate=threading.Event())
"""
    with subprocess.Popen([sys.executable, "-c", engine]) as process:
        assert wait_until(lambda: bool(find_processes(token)), seconds=30)
        time.sleep(0.2)
        assert find_processes(token)
        process.kill()
    assert is_gone(token)


@needs_proc
def test_held_program_gives_its_slot_back_and_takes_one_at_its_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[str] = []

    class Gate(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            steps.append("gate")
            return True

    class Slot(supervisor_client.StartSlot):
        def acquire(self) -> None:
            steps.append("acquire")

        def release(self) -> None:
            steps.append("release")

    monkeypatch.setattr(supervisor_client, "StartSlot", Slot)
    assert execute(build_snippet("pass\n"), gate=Gate()).ending == "exit 0"
    assert steps[:5] == ["acquire", "release", "gate", "acquire", "release"]
