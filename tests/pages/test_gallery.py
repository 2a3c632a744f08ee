"""The gallery of a project, with programs that cannot be run, and its cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import Page, make_nine_threads
from helpers.programs import build_text

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.pages import api, cards, site
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.run import Line, Run
from snippet_engine.snippet.model import Snippet

NEWER = build_text("pass\n").replace("script\n", 'script\n# requires-python = ">=3.99"\n', 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one chapter, whose page shows one program."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text(
        '# Threads\n```python exec="on"\nshow(\n"threads/shown")\n```\n'
    )
    (tmp_path / "snippets/threads").mkdir(parents=True)
    return tmp_path


def test_programs_that_cannot_run_are_listed_with_the_reason(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning is logged only for programs that are on no page."""
    for name in ("shown", "unseen", "good"):
        (root / f"snippets/threads/{name}.py").write_text(build_text("pass\n"))
    (root / "snippets/threads/invalid.py").write_text("pass\n")
    (root / "snippets/threads/newer.py").write_text(NEWER)

    def execute(snippet: Snippet) -> Run:
        if snippet.name.endswith("good"):
            return make_nine_threads()
        if snippet.name.endswith("newer"):
            raise UnsupportedPythonError(snippet, "3.11.7")
        raise ExecutionError(f"{snippet.name} needs zsh")

    runs = ProjectRuns(Project(root), execute=execute, eager=True)
    monkeypatch.setattr(site, "project_runs", lambda: runs)
    missing = {
        attrs["data-snippet"]: text
        for attrs, text in Page(api.gallery()).find_all("li", "is-missing")
    }
    assert list(missing) == [f"threads/{name}" for name in ("invalid", "newer", "shown", "unseen")]
    assert "needs Python >=3.99; this is 3.11.7" in missing["threads/newer"]
    assert "threads/shown needs zsh" in missing["threads/shown"]
    assert [message.partition("; ")[0] for message in caplog.messages] == [
        f"snippets/threads/{name}.py:1: it is shown on no page"
        for name in ("good", "invalid", "newer", "unseen")
    ]


def test_after_an_edit_only_the_edited_program_is_rendered_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = "#: output\n#> nine\n"
    for name in ("edited.py", "other.py", "shell.zsh"):
        text = build_text("import queue\n", recording=recorded)
        (root / "snippets/threads" / name).write_text(text)
    nine = replace(make_nine_threads(), lines=(Line(0.1, "stdout", "nine"),))
    rendered: list[str] = []

    def build_and_record(name: str, *args: object, **kwargs: object) -> GalleryCard:
        rendered.append(name)
        return build_card(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(cards, "build_card", build_and_record)
    pages = []
    for edit in ("import queue\n", "import queue  # edited\n"):
        path = root / "snippets/threads/edited.py"
        path.write_text(build_text(edit, recording=recorded))
        cache = RunCache(root / "runs")
        runs = ProjectRuns(Project(root), execute=lambda _: nine, cache=cache, eager=True)
        monkeypatch.setattr(site, "project_runs", lambda runs=runs: runs)
        pages += [(api.gallery(), api.coverage())]
    assert pages[0] == pages[1]
    names = [f"threads/{name}" for name in ("edited", "other", "shell")]
    # The page of coverage analyses programs without names once more.
    assert rendered == [*names, "threads/shell", "threads/edited", "threads/shell"]
    assert all("a zsh script" in coverage for _, coverage in pages)
