"""Whole builds: with hostile programs, two concurrent ones, and killed ones."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from helpers.browser import build_environment
from helpers.handmade import Page
from helpers.hostile_programs import TABLE, HostileProgram
from helpers.processes import is_gone, needs_proc
from helpers.programs import build_text
from helpers.projects import format_fence, make_small_project
from helpers.repository import ROOT

from snippet_engine.execution.work_directory import PREFIX, run_directory
from snippet_engine.project.project import Project
from snippet_engine.snippet.snippet_file import SnippetPath

MAX_MEMORY = 300 << 20  # bytes, of the build process
# Hostile programs that end before their time limit, and one that does not.
HOSTILE = [row for row in TABLE if "limit: time" not in row.exit_statuses and not row.needs_sandbox]
HOSTILE += [row for row in TABLE if row.id == "ignored-signals"]
# A few of them that end soon.
FEW = ("html", "detached-daemon", "kills-its-parent")

QUICK = [
    "one-at-a-time/take-a-look",
    "one-at-a-time/plain-loop",
    "queues/import-queue",
    "queues/what-pickles",
    "shared-state/two-threads-one-dict",
    "threads/thread-for-each-task",
    "threads/thread-pool",
]


@pytest.fixture
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A small copy of this project, with QUICK or the parameter's snippets."""
    return make_small_project(tmp_path / "project", getattr(request, "param", QUICK))


@contextmanager
def start_build(root: Path, target: Path, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Build `root` into `target`, with temporary files in `scratch`; kill it after the block."""
    scratch.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "--no-strict", "--site-dir", str(target)],
        cwd=root,
        env=build_environment(root, TMPDIR=str(scratch)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as builder:
        try:
            yield builder
        finally:
            builder.kill()


def read_endings(page: Path) -> dict[str, str]:
    """Return the ending of each panel on a built page."""
    html = page.read_text(encoding="utf-8")
    return dict(re.findall(r'data-snippet="([^"]+)".*? data-ending="([^"]+)"', html))


def find_expected_endings(root: Path) -> dict[str, str]:
    """Return the ending that each snippet of `root` declares."""
    project = Project(root)
    snippets = [project.read(name) for name in project.names()]
    return {
        snippet.name: "stopped" if snippet.stop_after else "exit 1" if snippet.raises else "exit 0"
        for snippet in snippets
    }


def read_all_endings(root: Path, target: Path) -> dict[str, str]:
    """Return the endings of all panels of a built site."""
    chapters = {name.partition("/")[0] for name in find_expected_endings(root)}
    return {
        name: ending
        for chapter in chapters
        for name, ending in read_endings(target / chapter / "index.html").items()
    }


def wait_for_peak_memory(builder: subprocess.Popen[bytes], timeout: float) -> int:
    """Wait for a process to end and return its peak memory in bytes: VmHWM of proc(5)."""
    peak = 0
    deadline = time.monotonic() + timeout
    while builder.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            status = Path(f"/proc/{builder.pid}/status").read_text()
            if match := re.search(r"VmHWM:\s+(\d+) kB", status):
                peak = int(match[1]) << 10
        time.sleep(0.02)
    return peak


@pytest.mark.site
@needs_proc
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("root", "hostile"),
    [
        pytest.param(QUICK[-1:], [row for row in HOSTILE if row.id in FEW], id="a-few"),
        pytest.param(QUICK, HOSTILE, id="all", marks=pytest.mark.slow),
    ],
    indirect=["root"],
)
def test_build_with_hostile_programs_succeeds(
    root: Path, hostile: list[HostileProgram], tmp_path: Path
) -> None:
    """Memory stays small, and no process or file remains."""
    expected = find_expected_endings(root)
    (root / "snippets/hostile").mkdir()
    fences = []
    for row in hostile:
        text = build_text(row.code.rstrip() + "\n", head=f'title = "{row.id}"')
        (root / f"snippets/hostile/{row.id}.py").write_text(text)
        fences.append(format_fence(f"hostile/{row.id}"))
    (root / "docs/hostile.md").write_text("# Hostile\n\n" + "\n".join(fences))
    with start_build(root, tmp_path / "site", tmp_path / "scratch") as builder:
        peak = wait_for_peak_memory(builder, timeout=250)
        assert builder.poll() == 0
    endings = read_all_endings(root, tmp_path / "site")
    for row in hostile:
        # On a loaded machine a program may not reach its limit in time.
        time_limit = {"limit: time"} if row.exit_statuses[0].startswith("limit: ") else set()
        assert endings[f"hostile/{row.id}"] in {*row.exit_statuses, *time_limit}, row.id
    assert endings.items() >= expected.items()
    assert 10 << 20 < peak < MAX_MEMORY
    assert is_gone(str(tmp_path))
    assert os.listdir(tmp_path / "scratch") == []
    page = Page((tmp_path / "site/hostile/index.html").read_text(encoding="utf-8"))
    assert not any("alert(1)" in text for _, text in page.find_all("script"))


@needs_proc
@pytest.mark.slow
def test_concurrent_builds_both_succeed(root: Path, tmp_path: Path) -> None:
    expected = find_expected_endings(root)
    targets = [tmp_path / "one", tmp_path / "two"]
    with (
        start_build(root, targets[0], tmp_path / "scratch") as first,
        start_build(root, targets[1], tmp_path / "scratch") as second,
    ):
        assert [first.wait(100), second.wait(100)] == [0, 0]
    for target in targets:
        assert read_all_endings(root, target) == expected
    assert os.listdir(tmp_path / "scratch") == []
    assert is_gone(str(tmp_path))


@needs_proc
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_build_changes_no_snippet_and_leaves_no_process(root: Path, tmp_path: Path) -> None:
    """At random moments; the next build succeeds."""

    def hash_snippets() -> dict[str, str]:
        files = sorted((root / "snippets").rglob("*"))
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            if path.is_file()
        }

    before = hash_snippets()
    generator = random.Random(0)
    for _ in range(5):
        with start_build(root, tmp_path / "site", tmp_path / "scratch") as builder:
            with suppress(subprocess.TimeoutExpired):
                builder.wait(generator.uniform(0.2, 6))
            builder.kill()
        assert is_gone(str(tmp_path))
        assert hash_snippets() == before
    with start_build(root, tmp_path / "site", tmp_path / "scratch") as builder:
        assert builder.wait(100) == 0
    assert read_all_endings(root, tmp_path / "site") == find_expected_endings(root)


@needs_proc
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_recording_leaves_old_or_new_files(root: Path, tmp_path: Path) -> None:
    """At random moments; the next recording succeeds."""
    shutil.copytree(ROOT / "tests", root / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    files = [root / f"snippets/one-at-a-time/{name}.py" for name in ("take-a-look", "plain-loop")]
    new = {file: file.read_text() for file in files}
    old = {file: text.partition("#: output")[0] for file, text in new.items()}
    command = [sys.executable, "-m", "pytest", "-q", "--update-examples", "-p", "no:cacheprovider"]
    command += [f"tests/test_snippets.py::test_snippet[{file.relative_to(root)}]" for file in files]

    def start_recording() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    for file in files:
        file.write_text(old[file])
    generator = random.Random(0)
    for last in (False, False, True):  # kill the last one while it writes
        with start_recording() as recording:
            deadline = time.monotonic() + (60 if last else generator.uniform(0.5, 4))
            while recording.poll() is None and time.monotonic() < deadline:
                if last and any(file.read_text() != old[file] for file in files):
                    break
                time.sleep(0.0005)
            recording.kill()
        assert is_gone(str(root))
        for file in files:
            assert file.read_text() in (old[file], new[file])
    with start_recording() as recording:
        assert recording.wait(100) == 0
    assert {file: file.read_text() for file in files} == new
    assert not list((root / "snippets").rglob(".*"))


def test_file_is_complete_when_its_writer_is_killed(
    tmp_path: Path,
) -> None:
    """The next write deletes the temporary files of killed writers."""
    folder = tmp_path / "snippets" / "threads"
    folder.mkdir(parents=True)
    path = folder / "program.py"
    texts = [build_text(f"# {letter}\n" + "pass\n" * 40_000) for letter in "ab"]
    path.write_text(texts[0])
    code = (  # for each line of input, start a writer, print its pid and its exit status
        "import os, sys\n"
        "from snippet_engine.snippet.snippet_file import SnippetPath\n"
        "path, *texts = SnippetPath(sys.argv[1]), *map(open, sys.argv[2:])\n"
        "texts = [text.read() for text in texts]\n"
        "for _ in sys.stdin:\n"
        "    if writer := os.fork():\n"
        "        print(writer, flush=True)\n"
        "        print(os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]), flush=True)\n"
        "    while not writer:\n"
        "        for text in texts: path.write_text(text)\n"
    )
    for number, text in enumerate(texts):
        (tmp_path / f"{number}").write_text(text)
    generator = random.Random(0)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(tmp_path / "0"), str(tmp_path / "1")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        bufsize=1,
    ) as writers:
        assert writers.stdin
        assert writers.stdout
        for _ in range(15):
            writers.stdin.write("again\n")
            writer = int(writers.stdout.readline())
            time.sleep(generator.uniform(0, 0.05))
            os.kill(writer, signal.SIGKILL)
            assert int(writers.stdout.readline()) == -signal.SIGKILL
            assert path.read_text() in texts
            assert Project(tmp_path).names() == ["threads/program"]
    leftover = folder / ".other.py.123"  # of a writer killed long ago
    leftover.write_text("half")
    for temporary in folder.glob(".*"):
        os.utime(temporary, (0, 0))
    SnippetPath(path).write_text(texts[0])
    assert os.listdir(folder) == ["program.py"]


def test_run_deletes_abandoned_temporary_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only old ones that are not locked."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    abandoned = tmp_path / f"{PREFIX}abandoned"
    (abandoned / "run").mkdir(parents=True)
    (tmp_path / f"{PREFIX}young").mkdir()
    with run_directory() as held:
        for folder in (abandoned, held):
            os.utime(folder, (0, 0))
        load = "from snippet_engine.execution.work_directory import run_directory"
        code = f"{load}\nwith run_directory(): pass\n"
        elsewhere = {**os.environ, "TMPDIR": str(tmp_path)}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=elsewhere, check=True)
        assert set(os.listdir(tmp_path)) == {held.name, f"{PREFIX}young"}
