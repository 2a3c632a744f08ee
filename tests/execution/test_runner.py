"""Real children: run, watched, cut short, and ended with all their family."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from helpers.processes import gone, living, needs_proc
from helpers.programs import printed, run_code, snippet_of, text_of
from helpers.repository import ROOT

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import interpreter as interpreters
from snippet_engine.execution import paths
from snippet_engine.execution import runner as execution
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.run import Run


def test_output_comes_line_by_line_with_time_and_stream() -> None:
    """Each line has its stream and the moment at which it was printed."""
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


def test_a_run_says_what_it_used_and_on_what_it_was_made() -> None:
    """CPU seconds, memory and provenance are the run's own."""
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


def test_the_start_of_the_interpreter_is_not_counted() -> None:
    """Seconds count from the first line of the program."""
    assert run_code("pass\n", head='setup = "import time; time.sleep(0.5)"').seconds < 0.5


def test_a_forked_childs_line_arrives() -> None:
    """What a child printed is there, though its parent printed nothing."""
    run = run_code("""
        import os
        if os.fork() == 0:
            print("from the child")
            os._exit(0)
        os.wait()
    """)
    assert printed(run) == ["from the child"]


@needs_proc
@pytest.mark.parametrize(
    "detach",
    [
        "os.setsid(); os.fork() and os._exit(0)",
        *(pytest.param(less, marks=pytest.mark.slow) for less in ("pass", "os.setsid()")),
    ],
)
def test_an_orphan_that_outlives_its_parent_is_ended(detach: str) -> None:
    """A child that lives on, detached or not, holds nothing up and is gone at the end."""
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
    assert printed(run) == ["done"]
    assert run.ending == "exit 0"
    assert run.seconds < 30
    assert living(token) == []


def test_a_flood_of_output_is_cut_and_said() -> None:
    """An endless printer is stopped at the limit of lines or bytes."""
    flood = snippet_of("while True: print('x')\n")
    run = execute(flood, limits=Limits(seconds=20, lines=100))
    assert (run.ending, len(run.lines)) == ("limit: output", 100)
    broad = snippet_of("import os\nwhile True: os.write(1, b'x' * 4096)\n")
    run = execute(broad, limits=Limits(seconds=20, bytes=10_000))
    assert (run.ending, [len(line.text) for line in run.lines]) == ("limit: output", [10_000])


def test_a_program_at_its_time_limit_is_ended_and_keeps_its_lines() -> None:
    """What was printed until the limit is kept; the ending says which limit."""
    run = run_code("print('a')\nimport time\ntime.sleep(60)\n", seconds=1)
    assert (run.ending, printed(run)) == ("limit: time", ["a"])


def test_a_program_that_never_ends_is_stopped_as_intended() -> None:
    """`stops` counts from the first line, and is not a failure."""
    run = run_code(
        "import time\nwhile True:\n    print('a')\n    time.sleep(1)\n", head="stops = 1.5"
    )
    assert (run.ending, printed(run)) == ("stopped", ["a", "a"])
    assert run.seconds >= 1.5


@pytest.mark.slow
def test_a_program_that_ignores_sigterm_ends() -> None:
    """No signal handler of a program keeps it alive beyond its limit."""
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
    assert (run.ending, printed(run)) == ("limit: time", ["ready"])


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import sys; sys.exit(3)\n", "exit 3"),
        ("import os; os.kill(os.getpid(), 40)\n", "signal 40"),
        *(
            pytest.param(code, ending, marks=pytest.mark.slow)
            for code, ending in (
                ("import os; os._exit(4)\n", "exit 4"),
                ("raise SystemExit('text')\n", "exit 1"),
                ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n", "signal SIGSEGV"),
            )
        ),
    ],
)
def test_the_ending_of_a_program_is_told(code: str, ending: str) -> None:
    """A status or the signal's name says how it ended."""
    assert run_code(code).ending == ending


def test_a_traceback_has_the_files_own_name_and_the_programs_lines() -> None:
    """No temporary folder and no line of the head counts in a traceback."""
    run = run_code("x = 1\nraise KeyError(x)\n", head='raises = "KeyError"')
    assert '  File "program.py", line 2, in <module>' in printed(run, "stderr")


def test_a_traceback_does_not_tell_where_this_machine_keeps_python() -> None:
    """Lines of the standard library come under one name on every machine."""
    run = run_code("import json\njson.loads('{')\n", head='raises = "json.decoder.JSONDecodeError"')
    told = [line for line in printed(run, "stderr") if "decoder.py" in line]
    assert told
    assert all('File "/python/json/decoder.py"' in line for line in told)


FORGED = {
    "a thread of another time": "('thread', 1e9, PID, 7, PID, 0, 3, 'x', 'x', 1)",
    "a wait since a word": "('wait', 'now', PID, PID, 0, 'lock', None, 2)",
}


@pytest.mark.parametrize("event", FORGED.values(), ids=FORGED.keys())
def test_a_program_that_forges_what_is_told_of_it_has_no_picture(event: str) -> None:
    """Its lines are there all the same, without writers."""
    run = run_code(f"""
        import os
        with open(os.environ["SNIPPET_EVENTS"], "a") as file:
            print({event!r}.replace("PID", str(os.getpid())), file=file)
        print("forged")
    """)
    assert (printed(run), run.ending) == (["forged"], "exit 0")
    assert run.workers == run.spans == ()
    assert [line.worker for line in run.lines] == [None]


def test_a_beginning_yet_to_come_is_none() -> None:
    """What `setup` tells comes before all that is told of the program."""
    forge = [
        "import os",
        "with open(os.environ['SNIPPET_EVENTS'], 'a') as file:",
        "    print(('begin', 10**9, os.getpid(), os.getpid()), file=file)",
    ]
    run = run_code("print('forged')\n", head=f"setup = {json.dumps(chr(10).join(forge))}")
    assert (printed(run), run.ending, run.workers) == (["forged"], "exit 0", ())
    assert run.seconds < 20


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("('begin', 3.5, 7, 7)\n", 3.5),
        ("('begin', 3, 7, 7)\n", 3.0),
        ("('line', 1)\n('begin', 3.5, 8, 7)\n('begin', 4.5, 7, 7)\n", 4.5),
        ("('begin', 9.5, 7, 7)\n", 5.0),
        ("('begin', nan, 7, 7)\n", None),
        ("('begin', -1e9, 7, 7)\n", None),
        ("('begin', 3.5", None),
    ],
)
def test_the_first_line_is_at_a_moment_of_time(
    told: str, moment: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the process asked for, and now if it is yet to come; what is no such is not told."""
    monkeypatch.syspath_prepend(str(paths.SUPERVISOR))
    assert importlib.import_module("endings").first_line(told.encode(), 7, 5.0) == moment


@needs_proc
def test_a_supervisor_imports_little() -> None:
    """One starts for each program, and what it would import computes beside all others."""
    code = f"import sys; sys.path.insert(0, {str(paths.SUPERVISOR)!r}); import linux; "
    code += "print(*sorted({'json', 're', 'subprocess', 'threading', 'typing'} & {*sys.modules}))"
    command = [sys.executable, "-I", "-S", "-c", code]
    loaded = "threading" if sys.version_info[:2] == (3, 14) else ""  # there ctypes imports it
    assert (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout == f"{loaded}\n"
    )


def test_of_a_program_that_tells_too_much_only_the_beginning_is_read() -> None:
    """Five megabytes of events are not read to their end, and the picture begins all the same."""
    run = run_code("""
        import os, threading
        thread = threading.Thread(target=print, args=["told"])
        thread.start()
        thread.join()
        with open(os.environ["SNIPPET_EVENTS"], "a") as file:
            file.write(("x" * 1023 + "\\n") * (5 << 10))
        late = threading.Thread(target=print, args=["not told"])
        late.start()
        late.join()
    """)
    assert printed(run) == ["told", "not told"]
    assert [worker.kind for worker in run.workers] == ["process", "thread"]


def test_a_program_has_the_start_method_that_it_was_written_for() -> None:
    """Whatever the default of this Python is, and its provenance says so."""
    for method in ("fork", "spawn"):
        run = run_code(
            "import multiprocessing\nprint(multiprocessing.get_start_method())\n",
            head=f'start-method = "{method}"',
        )
        assert printed(run) == [method] == [run.provenance.start_method]


def test_setup_runs_first_and_only_once() -> None:
    """Names from `setup` are there, in the program but not in its children."""
    run = run_code("import sys\nprint(d, sys.argv)\n", head="setup = 'd = [1]'")
    assert printed(run) == ["[1] ['program.py']"]


def test_a_program_sees_no_variables_of_the_builder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment holds named variables only, and a home of its own."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    run = run_code("""
        import os
        print("SECRET_TOKEN" in os.environ, os.environ["COLUMNS"], os.listdir(os.environ["HOME"]))
        print(os.listdir(), repr(__import__("sys").stdin.read()))
    """)
    assert printed(run) == ["False 80 []", "['program.py'] ''"]


def test_hostile_bytes_come_out_legible() -> None:
    """Invalid UTF-8, NUL and terminal escapes become harmless text."""
    run = run_code(
        "import os\nos.write(1, b'a\\xff\\x00\\x1b[31m\\x07\\r\\n</pre><script>\\x9b\\n')\n"
    )
    assert printed(run) == ["a\\xff␀␛[31m␇", "</pre><script>\\x9b"]


def test_a_shell_program_runs_with_the_environments_python() -> None:
    """zsh finds the interpreter that the site is built with."""
    code = "python -c 'import sys; print(sys.executable)'\ntime true\nprint -u2 err\n"
    run = execute(snippet_of(code, suffix=".zsh"))
    assert printed(run) == [sys.executable]
    assert printed(run, "stderr")[-1] == "err"


def test_a_missing_shell_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where zsh lacks, that is said in place of a strange ending."""
    monkeypatch.setattr(execution.shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match=r"program\.zsh: needs zsh; it is not installed"):
        execute(snippet_of("true\n", suffix=".zsh"))


@pytest.mark.parametrize("python", ["/no/such/python", "/bin/true", "/bin/false"])
def test_what_is_no_interpreter_is_told(python: str) -> None:
    """An interpreter that is none is an error with its name in it."""
    with pytest.raises(ExecutionError, match=f"{python} is not a Python interpreter"):
        execute(snippet_of("pass\n"), python=python)


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run takes its folder away, whatever the program put there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run_code("import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\n")
    assert os.listdir(tmp_path) == []


@needs_proc
def test_a_killed_builder_leaves_no_process() -> None:
    """When the builder is killed outright, its supervisors end their families."""
    token = f"killed-{os.getpid()}"
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from helpers.programs import snippet_of
from snippet_engine.execution.runner import execute
execute(snippet_of(
    "import os, subprocess, sys, time\\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{token}' + '-child'], "
    "start_new_session=True)\\n"
    "time.sleep(60)\\n"
))
"""
    builder = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 60
        while not living(f"{token}-child") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert living(f"{token}-child")
    finally:
        builder.kill()
        builder.wait()
    assert gone(token)


def test_what_a_run_says_is_json_to_the_last_number() -> None:
    """A run's JSON is what `json.loads` reads."""
    data = json.loads(run_code("print(1)\n").to_json())
    assert data["lines"][0]["text"] == "1"


def test_a_run_says_which_interpreter_made_it() -> None:
    """The provenance is that of the interpreter that ran it, not of the builder."""
    facts = execution.query_interpreter(sys.executable)
    run = execute(snippet_of("import sys\nprint(sys.version.split()[0])\n"), python=sys.executable)
    assert printed(run) == [facts["python"]] == [run.provenance.python]


def test_another_interpreter_is_asked_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Its version is what it says, and not what the builder knows of itself."""
    other = tmp_path / "python"
    other.symlink_to(sys.executable)
    told, known = (
        execution.query_interpreter(str(other)),
        execution.query_interpreter(sys.executable),
    )
    assert (told["python"], told["build"]) == (known["python"], known["build"])
    assert told is not known


def test_what_is_compiled_as_it_stands_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was never compiled, or was changed since, is."""
    path = tmp_path / "module.py"
    path.write_text("1\n")
    monkeypatch.setattr(paths, "PROBE", tmp_path)
    monkeypatch.setattr(paths, "SUPERVISOR", tmp_path)
    assert not interpreters._is_compiled(path)
    interpreters.compile_probe.__wrapped__(sys.executable)
    assert interpreters._is_compiled(path)
    [compiled] = tmp_path.glob("*/*.pyc")
    before = compiled.stat().st_mtime_ns
    interpreters.compile_probe.__wrapped__(sys.executable)
    assert compiled.stat().st_mtime_ns == before
    os.utime(path, (1e9, 1e9))
    assert not interpreters._is_compiled(path)
    interpreters.compile_probe.__wrapped__(sys.executable)
    assert interpreters._is_compiled(path)


def test_what_rides_along_is_compiled_once(tmp_path: Path) -> None:
    """A program that could not write it down would compile the probe at each start."""
    engine = tmp_path / "snippet_engine"
    shutil.copytree(ROOT / "snippet_engine", engine, ignore=shutil.ignore_patterns("*.pyc.*"))
    for folder in ("tracing/probe", "execution/supervisor"):
        for compiled in (engine / folder).rglob("__pycache__"):
            shutil.rmtree(compiled)
    command = (
        "from pathlib import Path; from snippet_engine.execution.runner import execute;"
        "from snippet_engine.snippet.parser import parse_snippet;"
        "execute(parse_snippet(Path('a.py').read_text(), Path('a.py'), 'threads/a'))"
    )
    (tmp_path / "a.py").write_text(text_of("pass\n"))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, env=environment, check=True)
    for folder in ("tracing/probe", "execution/supervisor"):
        modules = {path.stem for path in (engine / folder).rglob("*.py")}
        compiled = {path.name.partition(".")[0] for path in (engine / folder).rglob("*.pyc")}
        assert modules <= compiled
