"""Other systems, which are simulated: programs on macOS, and drawing on Windows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, needs_proc
from helpers.programs import build_snippet, build_text, select_lines
from helpers.projects import format_fence
from helpers.repository import PROJECT, ROOT

from snippet_engine.execution import platforms
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.platforms import LINUX, MACOS, WINDOWS
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.execution.work_directory import run_directory
from snippet_engine.pages import api, site
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.run import Run
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import SnippetPath

# What Python lacks on Windows: "Availability: Unix" in https://docs.python.org/3/library/os.html
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


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the engine take this system for macOS."""
    monkeypatch.setattr(platforms, "CURRENT", MACOS)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


def run_code(code: str, *, head: str = "", **limits: float) -> Run:
    return execute(build_snippet(code, head=head), limits=Limits(**{"seconds": 20.0, **limits}))


def test_engine_draws_without_what_only_unix_has(tmp_path: Path) -> None:
    """Windows is simulated: what Python lacks there is hidden."""
    code = f"""{HIDE}
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
import asyncio, concurrent.futures.process, multiprocessing.connection  # these use some of it
import markdown, packaging.specifiers, pygments, markdown_exec
sys.platform = "win32"
import snippet_engine.__main__, snippet_engine.pages.markdown_measured
from snippet_engine.pages import api, site
from pathlib import Path
from snippet_engine.execution import platforms
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
assert platforms.CURRENT is platforms.WINDOWS
from helpers.handmade import make_nine_threads
from snippet_engine.checking.check import check_run
from snippet_engine.checking.masks import apply_masks
from snippet_engine.rendering.panel import render_panel
project, wrong = Project(Path({str(ROOT)!r})), []  # what draws is asked, not what runs
site.project_runs = lambda: ProjectRuns(project)
for name in project.names():
    snippet = project.read(name)
    assert render_panel(snippet, None, missing="a thing").count("</section>") == 1
    wrong.append(check_run(snippet, make_nine_threads()))
assert sum(map(bool, wrong)) > 80
assert "threading.Thread" in api.coverage()
from snippet_engine.rendering.gallery_card import build_card
card = build_card(name, snippet, make_nine_threads())
assert snippet.title in api.render_gallery([card], {{snippet.chapter: ""}})
assert snippet_engine.__main__.main(["list", "--json"]) == 0
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)) == len(PROJECT.names())


@pytest.mark.usefixtures("macos")
def test_program_on_macos_is_run_and_traced() -> None:
    run = run_code("""
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


@pytest.mark.usefixtures("macos")
def test_program_on_macos_without_the_probe_is_timed_from_its_launch() -> None:
    snippet = build_snippet("pass\n", head='setup = "import time; time.sleep(0.5)"')
    assert 0.5 <= execute(snippet, probe=False).seconds < 5


def test_line_ends_of_other_systems_are_not_part_of_the_text() -> None:
    run = run_code("import os\nos.write(1, b'a\\r\\nb\\rc\\r\\n\\r\\nd')\n")
    assert select_lines(run) == ["a", "b\u240dc", "", "d"]


@pytest.mark.usefixtures("macos")
@pytest.mark.parametrize(
    ("code", "head", "limits", "exit_status"),
    [
        pytest.param(
            code, head, limits, exit_status, id=exit_status, marks=[pytest.mark.slow] * is_slow
        )
        for is_slow, code, head, limits, exit_status in (
            (True, "time.sleep(60)\n", "", {"seconds": 2}, "limit: time"),
            (False, "time.sleep(60)\n", "stops = 1", {}, "stopped"),
            (False, "while True: print('a')\n", "", {"output_lines": 100}, "limit: output"),
            (
                True,
                "x = bytearray(300 << 20)\ntime.sleep(60)\n",
                "",
                {"memory_bytes": 200 << 20},
                "limit: memory",
            ),
            (
                False,
                "open('x', 'wb').write(bytes(9 << 20))\ntime.sleep(60)\n",
                "",
                {"disk_bytes": 8 << 20},
                "limit: files",
            ),
            (
                False,
                "import subprocess, sys\ncode = 'import time; time.sleep(60)'\n"
                "for _ in range(9): subprocess.Popen([sys.executable, '-c', code])\n"
                "time.sleep(60)\n",
                "",
                {"processes": 6},
                "limit: processes",
            ),
        )
    ],
)
def test_program_on_macos_is_killed_at_a_limit(
    code: str, head: str, limits: dict[str, float], exit_status: str
) -> None:
    run = run_code(f"import time\nprint('a')\n{code}", head=head, **limits)
    assert run.ending == exit_status
    assert select_lines(run)[0] == "a"
    assert run.seconds < 15


@needs_proc
@pytest.mark.usefixtures("macos")
@pytest.mark.parametrize("is_detached", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_surviving_child_on_macos_is_killed(is_detached: bool) -> None:
    """Also a detached one that was sampled before its parent ended."""
    token = f"survivor-{os.getpid()}-{is_detached}"
    run = run_code(f"""
        import subprocess, sys, time
        code = "import time; time.sleep(60)"
        subprocess.Popen([sys.executable, "-c", code, "{token}"], start_new_session={is_detached})
        time.sleep(1.5)
        print("done")
    """)
    assert (run.ending, select_lines(run)) == ("exit 0", ["done"])
    assert find_processes(token) == []


@needs_proc
def test_killed_engine_on_macos_leaves_no_process() -> None:
    token = f"lifeline-{os.getpid()}"
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from helpers.programs import build_snippet
from snippet_engine.execution import platforms, runner
platforms.CURRENT = platforms.MACOS
runner.execute(build_snippet(
    "import subprocess, sys, time\\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{token}'])\\n"
    "time.sleep(60)\\n"
))
"""
    environment = {**os.environ, "SNIPPETS_SANDBOX": "none"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as engine:
        deadline = time.monotonic() + 60
        # The engine's command contains the token, too, and so does a fork of it before exec.
        while not (pids := find_processes(f"\0{token}\0")) and time.monotonic() < deadline:
            time.sleep(0.05)
        engine.kill()
    assert pids
    assert is_gone(token)


def test_program_on_windows_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms, "CURRENT", WINDOWS)
    expected = r"program\.py: needs Linux or macOS; this is Windows"
    with pytest.raises(UnavailableError, match=expected):
        execute(build_snippet("pass\n"))


def test_page_on_windows_shows_snippets_without_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The panel names the requirement, and the build does not warn."""
    (tmp_path / "snippets/threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text(
        format_fence("threads/counts") + format_fence("threads/shell")
    )
    counts = build_text("print(1)\n", head="[tool.snippet.claims]\nlines = 1")
    (tmp_path / "snippets/threads/counts.py").write_text(counts)
    (tmp_path / "snippets/threads/shell.zsh").write_text(build_text("true\n"))
    runs = ProjectRuns(Project(tmp_path), eager=True)
    monkeypatch.setattr(platforms, "CURRENT", WINDOWS)
    monkeypatch.setattr(site, "project_runs", lambda: runs)
    notice = "Needs Linux or macOS, which this site was not built with: it was not run."
    assert notice in api.show("threads/counts")
    assert notice in api.show("threads/shell")
    assert api.measured("threads/counts", "lines") == "?"
    assert api.compare("threads/counts", "threads/shell") == ""
    assert "counts.py: needs Linux or macOS; this is Windows" in api.gallery()
    assert caplog.messages == []


def test_path_of_a_socket_on_macos_is_short_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default temporary folder has too long a path there; see unix(4)."""
    monkeypatch.setattr(platforms, "CURRENT", MACOS)
    with run_directory() as directory:
        assert len(str(directory / "tmp/pymp-xxxxxxxx/listener-xxxxxxxx")) + len("/private") < 104


@pytest.mark.parametrize("can_run", [True, False])
def test_unknown_system_can_run_programs_if_it_can_fork(
    can_run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd15")
    if not can_run:
        monkeypatch.delattr(os, "fork")
    expected = replace(LINUX, name="freebsd15", has_proc=False, can_run=can_run)
    assert platforms.detect_platform() == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_checkout_with_carriage_returns_is_the_same_snippet(line_end: str, tmp_path: Path) -> None:
    """As git on Windows may write it; the engine writes newlines."""
    text = build_text("print(1)\n", recording="#: output\n#> 1\n")
    path = SnippetPath(tmp_path / "program.py")
    path.write_bytes(text.replace("\n", line_end).encode())
    snippet = parse_snippet(path.read_text(), Path("program.py"), "tests/program")
    assert snippet == parse_snippet(text, Path("program.py"), "tests/program")
    path.write_text(snippet.text)
    assert path.read_bytes() == text.encode()


def test_file_names_are_valid_on_every_system() -> None:
    """Windows refuses some, and ignores case."""
    output = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = output.stdout.rstrip("\0").split("\0")
    assert len(names) > 100
    assert len({name.lower() for name in names}) == len(names)
    reserved = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
    for name in names:
        assert not set(name) & set('<>:"\\|?*'), name
        for part in name.split("/"):
            assert part.split(".")[0].lower() not in reserved, name
            assert part == part.rstrip(". "), name
