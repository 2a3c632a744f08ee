"""Whole builds: with hostile programs among good ones, two at once, and killed at any moment."""

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
from helpers.browser import environment
from helpers.handmade import Page
from helpers.hostile_programs import TABLE, Hostile
from helpers.processes import is_gone, needs_proc
from helpers.programs import text_of
from helpers.projects import format_fence, small_project
from helpers.repository import ROOT

from snippet_engine.execution.work_directory import PREFIX, run_directory
from snippet_engine.project.project import Project
from snippet_engine.snippet.snippet_file import SnippetPath

MOST_MEMORY = 300 << 20  # bytes, of the process that builds
# Hostile programs that do not take their whole time, and one that does.
HOSTILE = [row for row in TABLE if "limit: time" not in row.exit_statuses and not row.needs_sandbox]
HOSTILE += [row for row in TABLE if row.id == "ignored-signals"]
# A few of them, as they are soon over.
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
    """A small copy of this project, whose programs are quick; with those that the test names."""
    return small_project(tmp_path / "project", getattr(request, "param", QUICK))


@contextmanager
def building(root: Path, target: Path, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A build of `root` into `target`, its temporary files in `scratch`; ended with the block."""
    scratch.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "--no-strict", "--site-dir", str(target)],
        cwd=root,
        env=environment(root, TMPDIR=str(scratch)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as builder:
        try:
            yield builder
        finally:
            builder.kill()


def endings(page: Path) -> dict[str, str]:
    """The ending of each panel on a built page."""
    html = page.read_text(encoding="utf-8")
    return dict(re.findall(r'data-snippet="([^"]+)".*? data-ending="([^"]+)"', html))


def expected(root: Path) -> dict[str, str]:
    """How each snippet of `root` says that it ends."""
    project = Project(root)
    snippets = [project.read(name) for name in project.names()]
    return {
        one.name: "stopped" if one.stop_after else "exit 1" if one.raises else "exit 0"
        for one in snippets
    }


def shown(root: Path, target: Path) -> dict[str, str]:
    """The endings of all panels of a built site."""
    chapters = {name.partition("/")[0] for name in expected(root)}
    return {
        name: ending
        for chapter in chapters
        for name, ending in endings(target / chapter / "index.html").items()
    }


def peak(builder: subprocess.Popen[bytes], within: float) -> int:
    """Bytes of memory that a process had at most, VmHWM of proc(5); waits for its end."""
    most = 0
    deadline = time.monotonic() + within
    while builder.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            told = Path(f"/proc/{builder.pid}/status").read_text()
            if found := re.search(r"VmHWM:\s+(\d+) kB", told):
                most = int(found[1]) << 10
        time.sleep(0.02)
    return most


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
def test_a_build_with_hostile_programs_goes_on(
    root: Path, hostile: list[Hostile], tmp_path: Path
) -> None:
    """Each is shown with its ending, the good ones as ever; the build stays small and clean."""
    good = expected(root)
    (root / "snippets/hostile").mkdir()
    fences = []
    for row in hostile:
        text = text_of(row.code.rstrip() + "\n", head=f'title = "{row.id}"')
        (root / f"snippets/hostile/{row.id}.py").write_text(text)
        fences.append(format_fence(f"hostile/{row.id}"))
    (root / "docs/hostile.md").write_text("# Hostile\n\n" + "\n".join(fences))
    with building(root, tmp_path / "site", tmp_path / "scratch") as builder:
        most = peak(builder, within=250)
        assert builder.poll() == 0
    found = shown(root, tmp_path / "site")
    for row in hostile:
        # On a machine that does much else a hog may not come to its limit in time.
        slow = {"limit: time"} if row.exit_statuses[0].startswith("limit: ") else set()
        assert found[f"hostile/{row.id}"] in {*row.exit_statuses, *slow}, row.id
    assert found.items() >= good.items()
    assert 10 << 20 < most < MOST_MEMORY
    assert is_gone(str(tmp_path))
    assert os.listdir(tmp_path / "scratch") == []
    page = Page((tmp_path / "site/hostile/index.html").read_text(encoding="utf-8"))
    assert not any("alert(1)" in text for _, text in page.all("script"))


@needs_proc
@pytest.mark.slow
def test_two_builds_at_once_both_come_out_right(root: Path, tmp_path: Path) -> None:
    """Neither harms the other, nor what both read."""
    right = expected(root)
    targets = [tmp_path / "one", tmp_path / "two"]
    with (
        building(root, targets[0], tmp_path / "scratch") as first,
        building(root, targets[1], tmp_path / "scratch") as second,
    ):
        assert [first.wait(100), second.wait(100)] == [0, 0]
    for target in targets:
        assert shown(root, target) == right
    assert os.listdir(tmp_path / "scratch") == []
    assert is_gone(str(tmp_path))


@needs_proc
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_build_harms_nothing(root: Path, tmp_path: Path) -> None:
    """At whatever moment: no process is left, no snippet has changed, the next build is right."""

    def state() -> dict[str, str]:
        files = sorted((root / "snippets").rglob("*"))
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            if path.is_file()
        }

    before = state()
    chance = random.Random(0)
    for _ in range(5):
        with building(root, tmp_path / "site", tmp_path / "scratch") as builder:
            with suppress(subprocess.TimeoutExpired):
                builder.wait(chance.uniform(0.2, 6))
            builder.kill()
        assert is_gone(str(tmp_path))
        assert state() == before
    with building(root, tmp_path / "site", tmp_path / "scratch") as builder:
        assert builder.wait(100) == 0
    assert shown(root, tmp_path / "site") == expected(root)


@needs_proc
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_recording_leaves_each_file_old_or_new(root: Path, tmp_path: Path) -> None:
    """At whatever moment: no half file, and the next recording and build are right."""
    shutil.copytree(ROOT / "tests", root / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    files = [root / f"snippets/one-at-a-time/{name}.py" for name in ("take-a-look", "plain-loop")]
    new = {file: file.read_text() for file in files}
    old = {file: text.partition("#: output")[0] for file, text in new.items()}
    command = [sys.executable, "-m", "pytest", "-q", "--update-examples", "-p", "no:cacheprovider"]
    command += [f"tests/test_snippets.py::test_snippet[{file.relative_to(root)}]" for file in files]

    def record() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    for file in files:
        file.write_text(old[file])
    chance = random.Random(0)
    for last in (False, False, True):  # the last one while it writes
        with record() as recording:
            until = time.monotonic() + (60 if last else chance.uniform(0.5, 4))
            while recording.poll() is None and time.monotonic() < until:
                if last and any(file.read_text() != old[file] for file in files):
                    break
                time.sleep(0.0005)
            recording.kill()
        assert is_gone(str(root))
        for file in files:
            assert file.read_text() in (old[file], new[file])
    with record() as recording:
        assert recording.wait(100) == 0
    assert {file: file.read_text() for file in files} == new
    assert not list((root / "snippets").rglob(".*"))


def test_a_file_written_again_and_again_is_whole_whenever_its_writer_is_killed(
    tmp_path: Path,
) -> None:
    """Old or new, never half; what the killed one left beside is no snippet, and goes."""
    folder = tmp_path / "snippets" / "threads"
    folder.mkdir(parents=True)
    path = folder / "program.py"
    texts = [text_of(f"# {letter}\n" + "pass\n" * 40_000) for letter in "ab"]
    path.write_text(texts[0])
    code = (  # for each line that it is told, a writer of its own, which it says it has begun
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
    chance = random.Random(0)
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
            time.sleep(chance.uniform(0, 0.05))
            os.kill(writer, signal.SIGKILL)
            assert int(writers.stdout.readline()) == -signal.SIGKILL
            assert path.read_text() in texts
            assert Project(tmp_path).names() == ["threads/program"]
    left = folder / ".other.py.123"  # as one killed long ago leaves it
    left.write_text("half")
    for beside in folder.glob(".*"):
        os.utime(beside, (0, 0))
    SnippetPath(path).write_text(texts[0])
    assert os.listdir(folder) == ["program.py"]


def test_what_a_killed_build_left_in_the_temporary_folder_is_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run takes away abandoned folders: old ones that nobody holds, and no others."""
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
