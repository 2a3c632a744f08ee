"""Other systems. None is here: their answers are injected, as each test says."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.processes import gone, living, needs_proc
from helpers.programs import snippet_of, text_of
from helpers.projects import fence
from helpers.repository import LIBRARY, ROOT

from snippet_engine.execution import paths, platforms
from snippet_engine.execution import runner as execution
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.platforms import (
    LINUX,
    MACOS,
    WINDOWS,
    Platform,
    find_missing_requirement,
)
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.execution.work_directory import LONG_ABANDONED, PREFIX, run_directory
from snippet_engine.pages import api
from snippet_engine.project.project import Library
from snippet_engine.run import Run
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import SnippetPath

# What Python has not got on Windows, of what it has here:
# https://docs.python.org/3/library/os.html, where it says "Availability: Unix".
MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "pty", "tty")
FUNCTIONS = (
    *("fork", "forkpty", "killpg", "setsid", "getsid", "getpgid", "setpgid", "pread", "wait"),
    *("register_at_fork", "sched_setscheduler", "sched_getaffinity", "statvfs", "mkfifo"),
    *("getuid", "geteuid", "chown", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "uname"),
)
HIDE = f"""
import os, platform, subprocess, sys
platform.platform()
for name in {MODULES!r}:
    sys.modules[name] = None
for name in {FUNCTIONS!r}:
    if hasattr(os, name):
        delattr(os, name)
"""


@pytest.fixture(params=[WINDOWS, MACOS], ids=lambda platform: platform.name)
def other(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Platform:
    """The engine is told that it is on that system, and its supervisor has what is there."""
    assert isinstance(request.param, Platform)
    monkeypatch.setattr(platforms, "CURRENT", request.param)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    hide = HIDE if request.param is WINDOWS else ""
    supervisor = tmp_path / "supervisor"
    supervisor.mkdir()
    (supervisor / "__main__.py").write_text(
        f"import psutil\n{hide}\nimport runpy\n"  # psutil itself is Linux' own
        f"runpy.run_path({str(paths.SUPERVISOR)!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(paths, "SUPERVISOR", supervisor)
    if hide:  # from the probe, too
        probe = tmp_path / "probe"
        probe.mkdir()
        (probe / "sitecustomize.py").write_text(
            f"{hide}\ndel os.WNOHANG\nfrom runpy import run_path\n"
            f"sys.path.insert(1, {str(paths.PROBE)!r})\n"
            f"run_path({str(paths.PROBE / 'sitecustomize.py')!r})\n"
        )
        monkeypatch.setattr(paths, "PROBE", probe)
    return request.param


soon_on_windows = pytest.mark.parametrize(
    "other",
    [
        pytest.param(WINDOWS, id="Windows"),
        pytest.param(MACOS, id="macOS", marks=pytest.mark.slow),
    ],
    indirect=True,
)


def run_of(code: str, *, head: str = "", **limits: float) -> Run:
    """The run of a small program."""
    return execute(snippet_of(code, head=head), limits=Limits(**{"seconds": 20.0, **limits}))


def printed(run: Run) -> list[str]:
    """The lines of both streams."""
    return [line.text for line in run.lines]


def test_the_engine_is_imported_and_draws_where_nothing_of_unix_is(tmp_path: Path) -> None:
    """Lists, parses, compares, renders; Windows' answers are injected: what it lacks is hidden."""
    code = f"""{HIDE}
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
import asyncio, concurrent.futures.process, multiprocessing.connection  # others' own affairs
import markdown, packaging.specifiers, pygments, markdown_exec
sys.platform = "win32"
import snippet_engine.__main__, snippet_engine.pages.markdown_measured
from snippet_engine.pages import api
from pathlib import Path
from snippet_engine.execution import platforms
from snippet_engine.project.project import Library
assert platforms.CURRENT is platforms.WINDOWS
from helpers.handmade import nine_threads
from snippet_engine.checking.check import check_run
from snippet_engine.checking.masks import apply_masks
from snippet_engine.rendering.panel import render_panel
library, wrong = Library(Path({str(ROOT)!r}), eager=False), []  # what draws is asked, not what runs
api.library = lambda: library
for name in library.names():
    snippet = library.read(name)
    assert render_panel(snippet, None, missing="a thing").count("</section>") == 1
    wrong.append(check_run(snippet, nine_threads()))
assert sum(map(bool, wrong)) > 80
assert "threading.Thread" in api.coverage()
exhibit = api.build_card(name, snippet, nine_threads())
assert snippet.title in api.render_gallery([exhibit], {{snippet.chapter: ""}})
assert snippet_engine.__main__.main(["list", "--json"]) == 0
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)) == len(LIBRARY.names())


@soon_on_windows
def test_a_program_is_run_and_drawn(other: Platform) -> None:
    """Lines, times, lanes and ending are as ever; that system's answers are injected."""
    run = run_of("""
        import sys, threading, time
        def work(): time.sleep(0.3)
        thread = threading.Thread(target=work)
        print("one")
        thread.start(); thread.join()
        print("two", file=sys.stderr)
        block = bytearray(64 << 20)
        while time.process_time() < 0.3: pass
        time.sleep(0.15)
        sys.exit(3)
    """)
    assert [(line.stream, line.text) for line in run.lines] == [
        ("stdout", "one"),
        ("stderr", "two"),
    ]
    assert run.lines[1].at >= 0.3
    assert run.ending == "exit 3"
    assert [worker.kind for worker in run.workers] == ["process", "thread"]
    assert {span.reason for span in run.spans if span.state == "waiting"} >= {"sleep", "join"}
    assert run.cpu_seconds >= 0.2
    assert 64 << 20 < run.peak_memory < 512 << 20


@soon_on_windows
def test_line_ends_are_those_of_the_recording(other: Platform) -> None:
    """A carriage return before a newline is no text; that system's answers are injected."""
    run = run_of("import os\nos.write(1, b'a\\r\\nb\\rc\\r\\n\\r\\nd')\n")
    assert printed(run) == ["a", "b\u240dc", "", "d"]


LIMITS = [
    ("import time\nprint('a')\ntime.sleep(60)\n", "", {"seconds": 2}, "limit: time"),
    ("import time\nprint('a')\ntime.sleep(60)\n", "stops = 1", {}, "stopped"),
    ("while True: print('a')\n", "", {"lines": 100}, "limit: output"),
    (
        "import time\nprint('a')\nx = bytearray(300 << 20)\ntime.sleep(60)\n",
        "",
        {"memory": 200 << 20},
        "limit: memory",
    ),
    (
        "import time\nprint('a')\nopen('x', 'wb').write(bytes(9 << 20))\ntime.sleep(60)\n",
        "",
        {"files": 8 << 20},
        "limit: files",
    ),
    (
        "import subprocess, sys, time\nprint('a')\ncode = 'import time; time.sleep(60)'\n"
        "for _ in range(9): subprocess.Popen([sys.executable, '-c', code])\ntime.sleep(60)\n",
        "",
        {"processes": 6},
        "limit: processes",
    ),
]


@pytest.mark.parametrize(
    ("code", "head", "limits", "ending", "other"),
    [
        pytest.param(
            *row,
            system,
            id=f"{row[-1]}-{system.name}",
            # Each is soon seen on one of the two.
            marks=[pytest.mark.slow] * ((number % 2 == 0) == (system is WINDOWS)),
        )
        for number, row in enumerate(LIMITS)
        for system in (WINDOWS, MACOS)
    ],
    indirect=["other"],
)
def test_a_limit_ends_it(
    code: str, head: str, limits: dict[str, float], ending: str, other: Platform
) -> None:
    """What was printed is kept, and which limit is said; that system's answers are injected."""
    run = run_of(code, head=head, **limits)
    # The kernel itself refuses so large a file, where it was told to: a failed write.
    refused = {"exit 1"} if ending == "limit: files" and other is MACOS else set()
    assert run.ending in {ending, *refused}
    assert next(line.text for line in run.lines if line.stream == "stdout") == "a"
    assert run.seconds < 15


@needs_proc
@pytest.mark.parametrize(
    ("other", "detached"),
    [
        pytest.param(WINDOWS, True, id="Windows-True"),
        pytest.param(MACOS, False, id="macOS-False"),
        pytest.param(WINDOWS, False, id="Windows-False", marks=pytest.mark.slow),
        pytest.param(MACOS, True, id="macOS-True", marks=pytest.mark.slow),
    ],
    indirect=["other"],
)
def test_its_family_is_ended_with_it(detached: bool, other: Platform) -> None:
    """A child that lives on is gone, one that was seen also where it detached itself.

    That system's answers are injected.
    """
    token = f"family-{os.getpid()}-{other.name}-{detached}"
    run = run_of(f"""
        import subprocess, sys, time
        code = "import time; time.sleep(60)"
        subprocess.Popen([sys.executable, "-c", code, "{token}"], start_new_session={detached})
        time.sleep(1.5)
        print("done")
    """)
    assert (run.ending, printed(run)) == ("exit 0", ["done"])
    assert living(token) == []


@needs_proc
def test_when_the_builder_is_killed_nothing_is_left(tmp_path: Path) -> None:
    """The lifeline ends the supervisor and the family; macOS' answers are injected."""
    token = f"lifeline-{os.getpid()}"
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from helpers.programs import snippet_of
from snippet_engine.execution import platforms, runner as execution
platforms.CURRENT = platforms.MACOS
execution.execute(snippet_of(
    "import subprocess, sys, time\\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{token}'])\\n"
    "time.sleep(60)\\n"
))
"""
    environment = {**os.environ, "SNIPPETS_SANDBOX": "none"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as builder:
        deadline = time.monotonic() + 60
        # The builder names the token, too, and so does a fork of it that is no other program yet.
        while not (found := living(f"\0{token}\0")) and time.monotonic() < deadline:
            time.sleep(0.05)
        builder.kill()
    assert found
    assert gone(token)


@pytest.mark.parametrize(
    ("code", "head", "needs"),
    [
        ("import os\nif os.fork() == 0: os._exit(0)\n", "", "os.fork"),
        ("pass\n", 'start-method = "fork"', "the fork start method"),
        ("pass\n", 'start-method = "forkserver"', "the forkserver start method"),
        ("import multiprocessing as m\nm.get_context('fork')\n", "", "os.fork"),
        ("print('os.fork')\n", "", ""),
        ("pass\n", 'start-method = "spawn"', ""),
    ],
)
def test_what_forks_is_not_for_windows(
    code: str, head: str, needs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not started there, and why is told; Windows' answers are injected."""
    snippet = snippet_of(code, head=head)
    assert find_missing_requirement(snippet, WINDOWS) == needs
    assert (
        find_missing_requirement(snippet, MACOS) == find_missing_requirement(snippet, LINUX) == ""
    )
    if needs:
        monkeypatch.setattr(platforms, "CURRENT", WINDOWS)
        with pytest.raises(
            UnavailableError, match=rf"program\.py: needs {needs}; Windows has none"
        ):
            execute(snippet)


class Log:
    """What was warned of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str, *arguments: object) -> None:
        self.warnings.append(message % arguments)


def test_what_is_not_here_is_shown_without_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its panel says what it needs, the rest goes on, and that is no fault.

    Windows' answers are injected, which has neither fork nor zsh.
    """
    (tmp_path / "snippets/threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text(fence("threads/forks") + fence("threads/shell"))
    fork = text_of("import os\nos.fork()\n", head="[tool.snippet.claims]\nlines = 1")
    (tmp_path / "snippets/threads/forks.py").write_text(fork)
    (tmp_path / "snippets/threads/shell.zsh").write_text(text_of("true\n"))
    library, log = Library(tmp_path), Log()
    monkeypatch.setattr(platforms, "CURRENT", WINDOWS)
    monkeypatch.setattr(execution.shutil, "which", lambda name: None)
    monkeypatch.setattr(api, "library", lambda: library)
    monkeypatch.setattr(api, "_log", log)
    said = "which this site was not built with: it was not run."
    assert f"Needs os.fork, {said}" in api.show("threads/forks")
    assert f"Needs zsh, {said}" in api.show("threads/shell")
    assert api.measured("threads/forks", "lines") == "?"
    assert api.compare("threads/forks", "threads/shell") == ""
    assert "forks.py: needs os.fork; Windows has none" in api.gallery()
    assert log.warnings == []


@soon_on_windows
def test_the_variables_without_which_nothing_starts_are_handed_on(
    monkeypatch: pytest.MonkeyPatch, other: Platform
) -> None:
    """Those, and no others, and UTF-8 with them; that system's answers are injected."""
    monkeypatch.setenv("SYSTEMROOT", "C:\\Windows")
    monkeypatch.setenv("SECRET", "hunter2")
    run = run_of("""
        import os, tempfile
        print("SECRET" in os.environ, os.environ.get("SYSTEMROOT"), os.environ.get("PYTHONUTF8"))
        print(os.environ.get("TEMP", os.environ["TMPDIR"]) == tempfile.gettempdir())
    """)
    kept = "C:\\Windows 1" if other is WINDOWS else "None None"
    assert printed(run) == [f"False {kept}", "True"]


def test_without_locks_only_age_tells_what_was_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of an hour ago may be in use, one of long ago is not; Windows is injected."""
    monkeypatch.setattr(platforms, "CURRENT", WINDOWS)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("young", 3600), ("old", LONG_ABANDONED + 60)):
        (tmp_path / f"{PREFIX}{name}" / "run").mkdir(parents=True)
        os.utime(tmp_path / f"{PREFIX}{name}", (time.time() - age,) * 2)
    with run_directory() as place:
        assert {path.name for path in tmp_path.iterdir()} == {place.name, f"{PREFIX}young"}
    assert os.listdir(tmp_path) == [f"{PREFIX}young"]


def test_on_macos_a_sockets_name_is_short_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own folder for temporary files has too long a name; macOS' answers are injected."""
    monkeypatch.setattr(platforms, "CURRENT", MACOS)
    with run_directory() as place:
        assert len(str(place / "tmp/pymp-xxxxxxxx/listener-xxxxxxxx")) + len("/private") < 104


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, "exit 0"),
        (3, "exit 3"),
        (-11, "signal SIGSEGV"),
        (-40, "signal 40"),
        (0xC0000005, "exit 0xC0000005 (access violation)"),
        (0xC00000FD, "exit 0xC00000FD (stack overflow)"),
        (0xDEADBEEF, "exit 0xDEADBEEF"),
    ],
)
def test_an_ending_is_told_in_words(code: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of Linux, of macOS or of Windows; the exit codes of Windows are injected."""
    monkeypatch.syspath_prepend(str(paths.SUPERVISOR))
    assert importlib.import_module("endings").ending(code) == said


def test_a_system_not_known_is_as_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is neither of the three is asked; the name of such a one is injected."""
    monkeypatch.setattr(sys, "platform", "freebsd15")
    assert platforms._here() == replace(LINUX, name="freebsd15", has_proc=False)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_checkout_with_other_line_ends_is_the_same_snippet(ends: str, tmp_path: Path) -> None:
    """As git on Windows may write it: the text is injected. What is written has newlines."""
    text = text_of("print(1)\n", recording="#: output\n#> 1\n")
    path = SnippetPath(tmp_path / "program.py")
    path.write_bytes(text.replace("\n", ends).encode())
    read = parse_snippet(path.read_text(), Path("program.py"), "tests/program")
    assert read == parse_snippet(text, Path("program.py"), "tests/program")
    path.write_text(read.text)
    assert path.read_bytes() == text.encode()


def test_every_file_has_a_name_on_every_system() -> None:
    """No name that Windows refuses, none that differs from another by case alone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = listed.stdout.rstrip("\0").split("\0")
    assert len(names) > 100
    assert len({name.lower() for name in names}) == len(names)
    reserved = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
    for name in names:
        assert not set(name) & set('<>:"\\|?*'), name
        for part in name.split("/"):
            assert part.split(".")[0].lower() not in reserved, name
            assert part == part.rstrip(". "), name
