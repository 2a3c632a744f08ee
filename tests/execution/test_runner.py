"""Execution of snippets: output, limits, exit status, trace and clean-up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, needs_proc
from helpers.programs import build_snippet, run_code, select_lines
from helpers.supervisors import run_like_supervisor

from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.run import Run


def test_lines_have_time_and_stream() -> None:
    run = run_code("""
        import sys, time
        print("one")
        time.sleep(0.3)
        print("two", file=sys.stderr)
        time.sleep(0.3)
        print("three", end="")
    """)
    assert [(line.stream, line.text) for line in run.lines] == [
        ("stdout", "one"),
        ("stderr", "two"),
        ("stdout", "three"),
    ]
    _, two, three = (line.at for line in run.lines)
    assert two >= 0.3
    assert three >= 0.6
    assert run.ending == "exit 0"
    assert run.seconds >= 0.6


def test_run_has_resource_use_and_provenance() -> None:
    run = run_code("""
        import time
        block = bytearray(64 << 20)
        while time.process_time() < 0.3: pass
    """)
    assert run.cpu_seconds >= 0.3
    assert 64 << 20 < run.peak_memory < 512 << 20
    assert run.provenance.python == sys.version.split()[0]
    assert run.provenance.cores >= 1
    assert Run.from_json(run.to_json()) == run


def test_seconds_count_from_the_first_line() -> None:
    assert run_code("pass\n", head='setup = "import time; time.sleep(0.5)"').seconds < 0.5


def test_seconds_without_the_probe_include_the_start_of_the_interpreter() -> None:
    snippet = build_snippet("pass\n", head='setup = "import time; time.sleep(0.5)"')
    assert execute(snippet, probe=False).seconds >= 0.5


def test_lines_of_a_forked_child_are_captured() -> None:
    run = run_code("""
        import os
        if os.fork() == 0:
            print("from the child")
            os._exit(0)
        os.wait()
    """)
    assert select_lines(run) == ["from the child"]


@needs_proc
@pytest.mark.parametrize(
    "detach",
    [
        "os.setsid(); os.fork() and os._exit(0)",
        *(pytest.param(code, marks=pytest.mark.slow) for code in ("pass", "os.setsid()")),
    ],
)
def test_orphan_is_killed_when_its_parent_exits(detach: str) -> None:
    token = f"orphan-{os.getpid()}-{len(detach)}"
    run = run_code(f"""
        import os, sys, time
        if os.fork() == 0:
            {detach}
            code = "import time; time.sleep(60)"
            os.execv(sys.executable, [sys.executable, "-c", code, "{token}"])
        time.sleep(0.3)
        print("done")
    """)
    assert select_lines(run) == ["done"]
    assert run.ending == "exit 0"
    assert run.seconds < 30
    assert find_processes(token) == []


def test_program_is_killed_at_the_output_limits() -> None:
    many_lines = build_snippet("while True: print('x')\n")
    run = execute(many_lines, limits=Limits(seconds=20, output_lines=100))
    assert (run.ending, len(run.lines)) == ("limit: output", 100)
    one_line = build_snippet("import os\nwhile True: os.write(1, b'x' * 4096)\n")
    run = execute(one_line, limits=Limits(seconds=20, output_bytes=10_000))
    assert (run.ending, [len(line.text) for line in run.lines]) == ("limit: output", [10_000])


def test_lines_are_kept_at_the_time_limit() -> None:
    run = run_code("print('a')\nimport time\ntime.sleep(60)\n", seconds=1)
    assert (run.ending, select_lines(run)) == ("limit: time", ["a"])


def test_stops_counts_from_the_first_line() -> None:
    """The program is then stopped, which is not a failure."""
    run = run_code(
        "import time\nwhile True:\n    print('a')\n    time.sleep(1)\n", head="stops = 1.5"
    )
    assert (run.ending, select_lines(run)) == ("stopped", ["a", "a"])
    assert run.seconds >= 1.5


@pytest.mark.slow
def test_program_that_ignores_signals_is_killed_at_its_limit() -> None:
    run = run_code(
        """
        import signal, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("ready")
        time.sleep(60)
        """,
        seconds=2,
    )
    assert (run.ending, select_lines(run)) == ("limit: time", ["ready"])


@pytest.mark.parametrize(
    ("code", "exit_status"),
    [
        ("import sys; sys.exit(3)\n", "exit 3"),
        ("import os; os.kill(os.getpid(), 40)\n", "signal 40"),
        *(
            pytest.param(code, exit_status, marks=pytest.mark.slow)
            for code, exit_status in (
                ("import os; os._exit(4)\n", "exit 4"),
                ("raise SystemExit('text')\n", "exit 1"),
                ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n", "signal SIGSEGV"),
            )
        ),
    ],
)
def test_exit_status_is_a_number_or_a_signal(code: str, exit_status: str) -> None:
    assert run_code(code).ending == exit_status


def test_traceback_has_the_name_and_lines_of_the_file() -> None:
    """Lines are counted without the metadata, and the run directory is left out."""
    run = run_code("x = 1\nraise KeyError(x)\n", head='raises = "KeyError"')
    assert '  File "program.py", line 2, in <module>' in select_lines(run, "stderr")


def test_traceback_has_a_neutral_path_of_the_standard_library() -> None:
    run = run_code("import json\njson.loads('{')\n", head='raises = "json.decoder.JSONDecodeError"')
    lines = [line for line in select_lines(run, "stderr") if "decoder.py" in line]
    assert lines
    assert all('File "/python/json/decoder.py"' in line for line in lines)


FORGED = {
    "thread at another time": "('thread', 1e9, PID, 7, PID, 0, 3, 'x', 'x', 1)",
    "wait since a word": "('wait', 'now', PID, PID, 0, 'lock', None, 2)",
}


@pytest.mark.parametrize("event", FORGED.values(), ids=FORGED.keys())
def test_forged_event_makes_the_trace_empty(event: str) -> None:
    """The lines are kept, without writers."""
    run = run_code(f"""
        import os
        with open(os.environ["SNIPPET_EVENTS"], "a") as file:
            print({event!r}.replace("PID", str(os.getpid())), file=file)
        print("forged")
    """)
    assert (select_lines(run), run.ending) == (["forged"], "exit 0")
    assert run.workers == run.spans == ()
    assert [line.worker for line in run.lines] == [None]


def test_begin_event_forged_by_setup_is_ignored() -> None:
    forge = [
        "import os",
        "with open(os.environ['SNIPPET_EVENTS'], 'a') as file:",
        "    print(('begin', 10**9, os.getpid(), os.getpid()), file=file)",
    ]
    run = run_code("print('forged')\n", head=f"setup = {json.dumps(chr(10).join(forge))}")
    assert (select_lines(run), run.ending, run.workers) == (["forged"], "exit 0", ())
    assert run.seconds < 20


@needs_proc
def test_supervisor_imports_no_slow_modules() -> None:
    """Each program has a supervisor, whose imports would compete with other programs."""
    slow = "{'json', 're', 'subprocess', 'threading', 'typing'}"
    output = run_like_supervisor(f"""
        import supervisor.fork_server
        print(*sorted({slow} & {{*sys.modules}}))
    """)
    # In 3.14 ctypes imports it.
    assert output.split() == (["threading"] if sys.version_info[:2] == (3, 14) else [])


def test_only_the_beginning_of_a_large_trace_is_read() -> None:
    run = run_code("""
        import os, threading
        thread = threading.Thread(target=print, args=["in time"])
        thread.start()
        thread.join()
        with open(os.environ["SNIPPET_EVENTS"], "a") as file:
            file.write(("x" * 1023 + "\\n") * (5 << 10))
        late = threading.Thread(target=print, args=["late"])
        late.start()
        late.join()
    """)
    assert select_lines(run) == ["in time", "late"]
    assert [worker.kind for worker in run.workers] == ["process", "thread"]


def test_start_method_is_that_of_the_metadata() -> None:
    for method in ("fork", "spawn"):
        run = run_code(
            "import multiprocessing\nprint(multiprocessing.get_start_method())\n",
            head=f'start-method = "{method}"',
        )
        assert select_lines(run) == [method] == [run.provenance.start_method]


def test_setup_runs_before_the_program() -> None:
    run = run_code("import sys\nprint(d, sys.argv)\n", head="setup = 'd = [1]'")
    assert select_lines(run) == ["[1] ['program.py']"]


def test_program_inherits_no_variables_or_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    run = run_code("""
        import os
        print("SECRET_TOKEN" in os.environ, os.environ["COLUMNS"], os.listdir(os.environ["HOME"]))
        print(os.listdir(), repr(__import__("sys").stdin.read()))
    """)
    assert select_lines(run) == ["False 80 []", "['program.py'] ''"]


def test_control_characters_in_output_become_visible() -> None:
    run = run_code(
        "import os\nos.write(1, b'a\\xff\\x00\\x1b[31m\\x07\\r\\n</pre><script>\\x9b\\n')\n"
    )
    assert select_lines(run) == ["a\\xff␀␛[31m␇", "</pre><script>\\x9b"]


def test_shell_program_uses_the_python_of_the_engine() -> None:
    code = "python -c 'import sys; print(sys.executable)'\ntime true\nprint -u2 err\n"
    run = execute(build_snippet(code, suffix=".zsh"))
    assert select_lines(run) == [sys.executable]
    assert select_lines(run, "stderr")[-1] == "err"


def test_shell_program_is_stopped_at_its_own_time_limit() -> None:
    """Its first line is not reported, so its time counts from its start."""
    run = execute(build_snippet("sleep 60\n", head="stops = 0.3", suffix=".zsh"))
    assert run.ending == "stopped"
    assert 0.3 <= run.seconds < 15


def test_missing_shell_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match=r"program\.zsh: needs zsh; it is not installed"):
        execute(build_snippet("true\n", suffix=".zsh"))


def test_run_directory_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run_code("import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\n")
    assert os.listdir(tmp_path) == []


@needs_proc
def test_killed_engine_leaves_no_process() -> None:
    token = f"killed-{os.getpid()}"
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from helpers.programs import build_snippet
from snippet_engine.execution.runner import execute
execute(build_snippet(
    "import os, subprocess, sys, time\\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{token}' + '-child'], "
    "start_new_session=True)\\n"
    "time.sleep(60)\\n"
))
"""
    builder = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 60
        while not find_processes(f"{token}-child") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert find_processes(f"{token}-child")
    finally:
        builder.kill()
        builder.wait()
    assert is_gone(token)


def test_run_is_written_as_json() -> None:
    data = json.loads(run_code("print(1)\n").to_json())
    assert data["lines"][0]["text"] == "1"
