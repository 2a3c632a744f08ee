"""Supervisors run programs side by side; what computes at its start takes turns."""

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
from helpers.processes import gone, living, needs_proc
from helpers.programs import printed, run_code, snippet_of
from helpers.repository import ROOT

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import paths
from snippet_engine.execution import runner as execution
from snippet_engine.execution import supervisor_client as supervising
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.run import Run


@contextmanager
def held(
    code: str, *, head: str = "", suffix: str = ".py", seconds: float = 20.0
) -> Iterator[list[Run]]:
    """The run of a program that is started now, and goes to its first line afterwards."""
    gate, runs, limits = threading.Event(), list[Run](), Limits(seconds=seconds)
    program = snippet_of(code, head=head, suffix=suffix)
    thread = threading.Thread(
        target=lambda: runs.append(execute(program, gate=gate, limits=limits))
    )
    thread.start()
    try:
        yield runs
    finally:
        gate.set()
        thread.join()


def test_only_so_many_programs_start_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What starts computes, and others measure; once started, they go on side by side."""
    monkeypatch.setattr(supervising, "_starting", threading.BoundedSemaphore(1))
    head = 'setup = "import time; time.sleep(0.3); began = time.monotonic()"'
    program = snippet_of("print(began); time.sleep(2); print(time.monotonic())\n", head=head)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(execute, [program] * 2))
    (began, ended), (began_next, _) = sorted(tuple(map(float, printed(run))) for run in runs)
    assert began + 0.3 < began_next < ended


def test_a_program_that_never_begins_keeps_no_other_from_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor one that cannot be started."""
    monkeypatch.setattr(supervising, "_starting", threading.BoundedSemaphore(1))
    run = execute(snippet_of("pass\n", head='setup = "import os; os._exit(3)"'))
    assert run.ending == "exit 3"
    monkeypatch.setattr(execution, "build_command", lambda *_: ["/no/such/program"])
    with pytest.raises(ExecutionError):
        execute(snippet_of("pass\n"))
    assert supervising._starting.acquire(timeout=0)


@needs_proc
def test_a_supervisor_that_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has answered, so nothing is lost; nobody waits for what the kernel cannot end."""
    token = f"stuck-{os.getpid()}"
    stuck = "import os, time; os.read(0, 1); print({'error': 'no room'}, flush=True)"
    (tmp_path / token).mkdir()
    (tmp_path / token / "__main__.py").write_text(f"{stuck}; time.sleep(60)\n")
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    monkeypatch.setattr(paths, "SUPERVISOR", tmp_path / token)
    monkeypatch.setattr(supervising, "GRACE", 0.5)
    began = time.monotonic()
    with pytest.raises(ExecutionError, match="could not be started: no room"):
        run_code("pass\n")
    assert time.monotonic() - began < 30
    assert gone(token)


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of the machine, where the system tells; macOS does not."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3}, raising=False)
    assert count_cores() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert count_cores() == 12


@needs_proc
def test_a_held_program_has_started_and_waits_at_its_first_line() -> None:
    """What comes before it, others need not wait for; its seconds begin with it."""
    setup = "import os, time; ready = time.monotonic()"
    code = "print(ready, time.monotonic(), sorted(os.environ), os.open('/', 0))\ntime.sleep(0.2)\n"
    with held(code, head=f'setup = "{setup}"') as runs:
        time.sleep(0.5)
        opened = time.monotonic()
    [run] = runs
    ready, first, rest = printed(run)[0].split(maxsplit=2)
    assert float(ready) < opened < float(first)
    assert 0.2 <= run.seconds < 0.5
    assert "SNIPPET_GO" not in rest
    assert rest.endswith(" 3")  # of the files it was held by none is left


@needs_proc
def test_what_is_held_is_looked_at_anew_when_it_goes_on() -> None:
    """What it uses is told of the time since then, not of the time it waited."""
    compute = "while time.process_time() < began + 0.2: pass\n"
    code = f"import time\nbegan = time.process_time()\n{compute}time.sleep(0.5)\n"
    with held(code) as runs:
        time.sleep(1.5)
    main = runs[0].workers[0]
    moments = [*(at for at, _ in main.shares[1:]), runs[0].seconds]
    # However busy the machine is, shares come to what was used.
    used = [share * (end - at) for (at, share), end in zip(main.shares, moments, strict=True)]
    assert 0.15 < sum(used) < 0.3
    assert main.shares[-1][1] < 0.2


@needs_proc
def test_a_held_shell_waits_too() -> None:
    """It is not started before: no probe would hold it."""
    with held("date +%s.%N\n", suffix=".zsh") as runs:
        time.sleep(0.3)
        opened = time.time()
    assert float(printed(runs[0])[0]) > opened


@needs_proc
def test_what_is_held_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It computes nothing, and is no nearer to its limit of time however long it is held."""
    monkeypatch.setattr(supervising, "_starting", threading.BoundedSemaphore(1))
    with held("print('held')\n", seconds=0.5) as runs:
        others = [printed(run_code(f"print({n})\n")) for n in range(3)]
        time.sleep(0.8)
        assert not runs
    assert others == [["0"], ["1"], ["2"]]
    assert printed(runs[0]) == ["held"]
    assert runs[0].ending == "exit 0"


@needs_proc
def test_what_has_ended_before_its_first_line_needs_no_turn() -> None:
    """How it ended is told when it may go on."""
    with held("print('never')\n", head='setup = "import os; os._exit(3)"') as runs:
        time.sleep(0.2)
    assert runs[0].ending == "exit 3"
    assert runs[0].lines == ()


@needs_proc
def test_a_killed_builder_leaves_nothing_that_is_held() -> None:
    """The lifeline is looked at while a program waits."""
    token = f"held-{os.getpid()}"
    builder = f"""
import sys, threading
sys.path[:0] = {[str(ROOT), str(ROOT / "tests")]!r}
from helpers.programs import snippet_of
from snippet_engine.execution.runner import execute
program = snippet_of("pass\\n", head='setup = "print(' + repr("{token[:3]}" "{token[3:]}") + ')"')
execute(program, gate=threading.Event())
"""
    with subprocess.Popen([sys.executable, "-c", builder]) as process:
        until = time.monotonic() + 30
        while not living(token) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.2)
        assert living(token)
        process.kill()
    assert gone(token)
