"""Runs of a project: made when needed, together, and once for each cache key."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from queue import Queue

import pytest
from helpers.handmade import make_printed_run
from helpers.processes import needs_proc
from helpers.programs import build_text
from helpers.projects import write_snippet
from helpers.recorder import Recorder

from snippet_engine.errors import SnippetError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project import project_runs, scheduler
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

LASTING = "claims.seconds = {min = 3, max = 9}"


def make_runs(root: Path, execute: object = None, *, eager: bool = True) -> ProjectRuns:
    return ProjectRuns(Project(root), execute=execute, eager=eager)  # type: ignore[arg-type]


def test_first_run_of_an_eager_project_starts_all_programs(root: Path) -> None:
    names = [f"threads/p{n}" for n in range(5)]
    for name in names:
        write_snippet(root, name)
    barrier = threading.Barrier(len(names), timeout=10)
    runs = make_runs(root, Recorder(lambda snippet: barrier.wait()))
    assert [runs.run_of(name).lines[0].text for name in names] == names


def test_only_the_requested_program_runs_in_a_project_that_is_not_eager(root: Path) -> None:
    for n in range(3):
        write_snippet(root, f"threads/p{n}")
    recorder = Recorder()
    runs = make_runs(root, recorder, eager=False)
    runs.prestart()
    runs.run_all()
    runs.run("threads/p1")
    assert recorder.ran == ["threads/p1"]


def test_only_the_started_programs_run(root: Path) -> None:
    write_snippet(root, "threads/a")
    write_snippet(root, "threads/b")
    recorder = Recorder()
    runs = make_runs(root, recorder)
    runs.start(["threads/a"])
    runs.run("threads/a")
    runs.run_all()
    assert recorder.ran == ["threads/a"]


def test_programs_expected_to_last_longest_run_first(root: Path) -> None:
    for name, seconds in (("a", 1), ("b", 3), ("c", 2)):
        head = f"alone = true\nclaims.seconds = {{min = {seconds}, max = 9}}"
        write_snippet(root, f"threads/{name}", head=head)
    recorder = Recorder()
    make_runs(root, recorder).run_all()
    assert recorder.ran == ["threads/b", "threads/c", "threads/a"]


def test_long_programs_are_prestarted_and_run_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "SETTLED", 0.1)
    monkeypatch.setattr(project_runs, "count_cores", lambda: 1)
    write_snippet(root, "threads/long", head=LASTING)
    write_snippet(root, "threads/long-alone", head=f"alone = true\n{LASTING}")
    write_snippet(root, "threads/short")
    started, may_end = threading.Event(), threading.Event()

    def during(snippet: Snippet) -> None:
        if snippet.name == "threads/long":
            started.set()
            assert may_end.wait(10)
        may_end.set()

    recorder = Recorder(during)
    runs = make_runs(root, recorder)
    runs.prestart()
    assert started.wait(10)
    assert recorder.ran == ["threads/long"]
    runs.run_all()
    assert sorted(recorder.ran) == ["threads/long", "threads/long-alone", "threads/short"]
    assert recorder.concurrent["threads/long-alone"] == set()
    runs.prestart()
    assert len(recorder.ran) == 3


def test_as_many_programs_as_cores_are_prestarted_and_again_after_an_edit(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_runs, "count_cores", lambda: 2)
    write_snippet(root, "threads/alone", head="alone = true")
    edited = write_snippet(root, "threads/edited")
    write_snippet(root, "threads/other")
    ran: Queue[str] = Queue()
    runs = make_runs(root, Recorder(lambda snippet: ran.put(snippet.code)))
    runs.prestart()
    assert [ran.get(timeout=10) for _ in range(2)] == ["pass\n"] * 2
    runs.run_all()
    assert ran.get(timeout=10) == "pass\n"
    runs.prestart()
    edited.write_text(build_text("'edited'\n"), encoding="utf-8")
    runs.prestart()
    assert ran.get(timeout=10) == "'edited'\n"
    runs.prestart()
    assert runs.run("threads/edited")[0].code == "'edited'\n"
    assert ran.empty()


@needs_proc
@pytest.mark.parametrize("needed_by", ["run_all", "run"])
def test_short_programs_among_many_wait_at_their_first_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, needed_by: str
) -> None:
    monkeypatch.setattr(project_runs, "count_cores", lambda: 1)
    monkeypatch.setattr(scheduler, "LONG", 0.5)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")  # so that programs can write into `ready`
    ready = root / "ready"
    ready.mkdir()
    touch = f"import os, pathlib, time; pathlib.Path({str(ready)!r}, str(os.getpid())).touch()"
    setup = f"setup = {json.dumps(touch)}"
    code = "print(time.monotonic())\ntime.sleep(0.5)\n"
    write_snippet(root, "threads/long", code, f"{setup}\nclaims.seconds = {{min = 0.5, max = 9}}")
    write_snippet(root, "threads/short", code, setup)
    write_snippet(root, "threads/too", code, setup)
    runs = make_runs(root)
    runs.prestart()
    deadline = time.monotonic() + 60
    while len(list(ready.iterdir())) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)  # the long program is not held
    needed_at = time.monotonic()
    if needed_by == "run_all":
        runs.run_all()
    names = runs.project.names()
    times = {name: float(runs.run_of(name).lines[0].text) for name in names}
    late = {name for name, first_line in times.items() if first_line > needed_at}
    assert late == {"threads/short", "threads/too"}


def test_edited_program_runs_again_and_alone(root: Path) -> None:
    write_snippet(root, "threads/a")
    write_snippet(root, "threads/b")
    recorder = Recorder()
    runs = make_runs(root, recorder)
    for name in ("threads/a", "threads/a", "threads/b"):
        runs.run(name)
    assert sorted(recorder.ran) == ["threads/a", "threads/b"]
    write_snippet(root, "threads/a", "print()\n")
    assert runs.run("threads/a")[0].code == "print()\n"
    assert sorted(recorder.ran) == ["threads/a", "threads/a", "threads/b"]


def test_invalid_snippet_does_not_keep_others_from_running(root: Path) -> None:
    write_snippet(root, "threads/good")
    write_snippet(root, "threads/broken").write_text("no head\n")
    runs = make_runs(root, Recorder())
    assert runs.run_of("threads/good").lines[0].text == "threads/good"
    with pytest.raises(SnippetError, match=r"snippets/threads/broken\.py:1: the first line"):
        runs.run("threads/broken")


def test_edited_recording_runs_nothing_again(root: Path) -> None:
    path = write_snippet(root, "threads/a")
    recorder = Recorder()
    runs = make_runs(root, recorder)
    runs.run("threads/a")
    path.write_text(path.read_text() + "#: output\n#> a\n")
    assert runs.run("threads/a")[0].recordings
    assert recorder.ran == ["threads/a"]


def test_new_lock_file_runs_programs_again(root: Path) -> None:
    write_snippet(root, "threads/a")
    recorder = Recorder()
    runs = make_runs(root, recorder)
    runs.run("threads/a")
    (root / "requirements.txt").write_text("pandas==3.1\n")
    runs.run("threads/a")
    assert recorder.ran == ["threads/a", "threads/a"]


def test_program_for_another_python_is_not_run(root: Path) -> None:
    path = write_snippet(root, "threads/a")
    path.write_text(path.read_text().replace("# [tool", '# requires-python = ">=4"\n# [tool', 1))
    write_snippet(root, "threads/b", "print('b')\n")
    runs = make_runs(root)
    with pytest.raises(UnsupportedPythonError, match=r"threads/a\.py: needs Python >=4; this is 3"):
        runs.run("threads/a")
    assert runs.run_of("threads/b").lines[0].text == "b"


def test_next_build_runs_only_what_is_not_cached(root: Path) -> None:
    """A run that differed from its recording is not cached: it may have been chance."""
    for name in ("right", "wrong"):
        write_snippet(root, f"threads/{name}", f"print('{name}')\n", recording="#> right\n")
    ran: list[str] = []

    def execute(snippet: Snippet) -> Run:
        ran.append(snippet.name)
        return make_printed_run(snippet.name.partition("/")[2])

    for expected in ([(1, 2), (2, 2)], [(1, 1)]):
        reports: Queue[tuple[int, int]] = Queue()
        runs = ProjectRuns(
            Project(root),
            execute=execute,
            cache=RunCache(root / "runs"),
            eager=True,
            report=lambda *numbers, reports=reports: reports.put(numbers),
        )
        for name in runs.project.names():
            assert runs.run_of(name).lines[0].text == name.partition("/")[2]
        assert [reports.get(timeout=10) for _ in expected] == expected
    assert sorted(ran) == ["threads/right", "threads/wrong", "threads/wrong"]


def test_run_cache_is_limited_after_the_programs_have_run(root: Path) -> None:
    write_snippet(root, "threads/a", recording="#> threads/a\n")
    cache = RunCache(root / "runs", max_bytes=10)
    runs = ProjectRuns(Project(root), execute=Recorder(), cache=cache, eager=True)
    runs.run_all()
    assert list(cache.folder.iterdir()) == []


def test_fingerprint_is_none_without_a_cached_run(root: Path) -> None:
    write_snippet(root, "threads/a", recording="#> threads/a\n")
    runs = ProjectRuns(Project(root), execute=Recorder(), cache=RunCache(root / "runs"))
    assert runs.fingerprint("threads/a") is None
    runs.run("threads/a")
    assert runs.fingerprint("threads/a")
    assert make_runs(root).fingerprint("threads/a") is None  # no cache
