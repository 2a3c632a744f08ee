"""The status of a snippet, found from its last run."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import make_main_worker, make_run
from helpers.programs import build_text

from snippet_engine.execution.interpreter import query_interpreter
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import open_run_cache
from snippet_engine.project.status import StatusStore
from snippet_engine.run import Line, Run
from snippet_engine.snippet.model import Snippet


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StatusStore:
    """Return the store of a project with one snippet, `a/x`, that should print x."""
    monkeypatch.delenv("SNIPPETS_MEMORY", raising=False)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# A\n")
    (tmp_path / "snippets/a").mkdir(parents=True)
    store = StatusStore(ProjectRuns(Project(tmp_path)), open_run_cache(tmp_path))
    write_snippet(store, "print('x')\n", "#: output\n#> x\n")
    return store


def write_snippet(
    store: StatusStore, code: str, recording: str, head: str = "", name: str = "x"
) -> Snippet:
    """Write a snippet, and return it."""
    text = build_text(code, recording=recording, head=head)
    (store.project.root / f"snippets/a/{name}.py").write_text(text)
    return store.project.read(f"a/{name}")


def make_dated_run(text: str, second: int = 0, seconds: float = 1.0) -> Run:
    """Return a run on this Python that printed `text`, in that second of a day."""
    run = make_run([make_main_worker()], lines=[Line(0.1, "stdout", text, "w0")], seconds=seconds)
    date = f"2026-01-02T03:04:{second:02}+00:00"
    python = query_interpreter(sys.executable)["python"]
    return replace(run, provenance=replace(run.provenance, python=python, date=date))


def test_snippet_is_stale_until_it_has_run_and_after_its_program_changes(
    store: StatusStore,
) -> None:
    """A new recording is compared with the last run."""
    snippet = store.project.read("a/x")
    assert store.status(snippet).state == "stale"
    store.store(snippet, make_dated_run("x"))
    assert store.status(snippet).state == "agrees"
    recorded = write_snippet(store, "print('x')\n", "#: output\n#> y\n")
    status = store.status(recorded)
    assert status.state == "differs"
    assert "make record NAME=a/x" in status.reason
    changed = write_snippet(store, "print( 'x')\n", "#: output\n#> x\n")
    assert store.status(changed).state == "stale"


def test_last_run_decides_whether_it_agreed_or_not(store: StatusStore) -> None:
    """A build finds the run that agreed, and never the other."""
    snippet = store.project.read("a/x")
    store.store(snippet, make_dated_run("y", 1))
    assert store.status(snippet).state == "differs"
    store.store(snippet, make_dated_run("x", 2))
    assert store.status(snippet).state == "agrees"
    store.store(snippet, make_dated_run("z", 3))
    assert store.status(snippet).state == "differs"

    def execute(snippet: Snippet) -> Run:
        raise AssertionError("it was run although its run is cached")

    build = ProjectRuns(store.project, execute=execute, cache=store.cache)
    assert build.run("a/x")[1] == make_dated_run("x", 2)


def test_snippet_without_a_recording_or_for_another_python_is_not_stale(
    store: StatusStore,
) -> None:
    status = store.status(write_snippet(store, "print('x')\n", ""))
    assert status.state == "never-recorded"
    assert "make record NAME=a/x" in status.reason
    text = build_text("print('x')\n").replace(
        "script\n", 'script\n# requires-python = ">=3.99"\n', 1
    )
    (store.project.root / "snippets/a/x.py").write_text(text)
    assert store.status(store.project.read("a/x")).state == "other-python"


def test_claim_about_another_snippet_is_checked_if_that_one_has_run(store: StatusStore) -> None:
    other = write_snippet(store, "print('o')\n", "#: output\n#> o\n", name="other")
    head = 'claims = { "speedup over a/other" = { min = 2 } }'
    snippet = write_snippet(store, "print('x')\n", "#: output\n#> x\n", head)
    store.store(snippet, make_dated_run("x"))
    assert store.status(snippet).state == "agrees"
    store.store(other, make_dated_run("o", seconds=1.5))
    assert store.status(snippet).state == "differs"
    store.store(other, make_dated_run("o", seconds=3.0))
    assert store.status(snippet).state == "agrees"


def test_environment_variable_names_the_folder_of_the_run_cache(
    store: StatusStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "elsewhere"))
    StatusStore(store.runs, open_run_cache(store.project.root)).store(
        store.project.read("a/x"), make_dated_run("x")
    )
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1
    assert not (tmp_path / ".cache").exists()
