"""`snippets new`: a file that runs as it is, and what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.evaluation import SnippetExample
from helpers.projects import fence, small_project

from snippet_engine.__main__ import main
from snippet_engine.project.placement import misplaced_in
from snippet_engine.project.project import Library

NAMES = ["threads/thread-pool", "threads/whole-lines"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of this project."""
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "runs"))
    return small_project(tmp_path / "project", NAMES)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nothing is written into."""
    return small_project(tmp_path_factory.mktemp("untouched") / "project", NAMES)


@pytest.mark.parametrize("name", ["threads/my-idea", "taking-turns/my-idea.zsh"])
def test_a_new_snippet_runs_and_keeps_what_its_head_says(
    name: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that is wrong with it is that nothing is recorded; once it is, it agrees."""
    assert main(["new", name, "--title", 'A "new" \\ one'], root) == 0
    path = root / "snippets" / (name if name.endswith(".zsh") else f"{name}.py")
    name = name.removesuffix(".zsh")
    assert Library(root).read(name).title == 'A "new" \\ one'
    assert main(["run", name], root) == 1
    told = capsys.readouterr()
    assert "nothing is recorded for it" in told.err
    assert "one is done" in told.out
    path.write_text(path.read_text() + "#: output\n#> two is done\n#> one is done\n")
    assert main(["run", name], root) == 0


def test_a_new_snippet_is_clean(root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """By the rules that every program of the site is held to."""
    assert main(["new", "threads/my-idea"], root) == 0
    example = SnippetExample(Library(root), tmp_path=tmp_path, pytest_request=request)
    example.lint_ruff(example.example("threads/my-idea"))


def test_the_next_steps_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the fence, ready to be put on the page; then all is in its place."""
    assert main(["new", "threads/my-idea"], root) == 0
    told = capsys.readouterr().out
    assert "snippets/threads/my-idea.py is written" in told
    assert "run threads/my-idea --watch" in told
    assert "make record NAME=threads/my-idea" in told
    assert main(["new", "threads/other-idea", "--json"], root) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["path"] == "snippets/threads/other-idea.py"
    assert data["fence"] == fence("threads/other-idea").strip()
    page = root / data["page"]
    page.write_text(f"{page.read_text()}\n{data['fence']}\n\n{fence('threads/my-idea')}")
    assert misplaced_in(root) == []
    assert Library(root).read("threads/other-idea").title == "Other idea"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["thread/x"], "there is no chapter 'thread': did you mean 'threads'? there are threads"),
        (["threads/thread-pool"], "snippets/threads/thread-pool.py is there already"),
        (["threads/thread-pool.zsh"], "snippets/threads/thread-pool.py is there already"),
        (["threads/threading"], "threading.py would hide the standard library's module"),
        (["threads/x.txt"], "'.txt' is no suffix"),
        (["x"], "'x' is no name"),
        (["threads/My_Idea"], "'threads/My_Idea' is no name"),
        (["../docs/x"], "is no"),
        (["threads/"], "'threads/' is no name"),
        (["threads/more/x"], "'threads/more/x' is no name"),
        (["threads/x", "--title", "a\nb"], "a title is one line"),
        (["threads/x", "--title", " "], "a title is one line"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], told: str, untouched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with status 2, and nothing is written."""
    before = {path: path.read_bytes() for path in untouched.rglob("*") if path.is_file()}
    assert main(["new", *arguments], untouched) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert {path: path.read_bytes() for path in untouched.rglob("*") if path.is_file()} == before
