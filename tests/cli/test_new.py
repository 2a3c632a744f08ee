"""`snippets new`: a snippet that runs, and the next steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.evaluation import SnippetExample
from helpers.projects import format_fence, make_small_project

from snippet_engine.__main__ import main
from snippet_engine.project.placement import find_misplaced
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns

NAMES = ["threads/thread-pool", "threads/whole-lines"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of this project."""
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "runs"))
    return make_small_project(tmp_path / "project", NAMES)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that no test changes."""
    return make_small_project(tmp_path_factory.mktemp("untouched") / "project", NAMES)


@pytest.mark.parametrize("name", ["threads/my-idea", "taking-turns/my-idea.zsh"])
def test_new_snippet_runs_and_satisfies_its_metadata(
    name: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only its recording is missing."""
    assert main(["new", name, "--title", 'A "new" \\ one'], root) == 0
    path = root / "snippets" / (name if name.endswith(".zsh") else f"{name}.py")
    name = name.removesuffix(".zsh")
    assert Project(root).read(name).title == 'A "new" \\ one'
    assert main(["run", name], root) == 1
    output = capsys.readouterr()
    assert "nothing is recorded for it" in output.err
    assert "one is done" in output.out
    path.write_text(path.read_text() + "#: output\n#> two is done\n#> one is done\n")
    assert main(["run", name], root) == 0


def test_new_snippet_passes_lint(
    root: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert main(["new", "threads/my-idea"], root) == 0
    example = SnippetExample(ProjectRuns(Project(root)), tmp_path=tmp_path, pytest_request=request)
    example.lint_ruff(example.example("threads/my-idea"))


def test_next_steps_are_printed_with_the_fence(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "threads/my-idea"], root) == 0
    output = capsys.readouterr().out
    assert "Wrote snippets/threads/my-idea.py" in output
    assert "run threads/my-idea --watch" in output
    assert "make record NAME=threads/my-idea" in output
    assert main(["new", "threads/other-idea", "--json"], root) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["path"] == "snippets/threads/other-idea.py"
    assert data["fence"] == format_fence("threads/other-idea").strip()
    page = root / data["page"]
    page.write_text(f"{page.read_text()}\n{data['fence']}\n\n{format_fence('threads/my-idea')}")
    assert find_misplaced(root) == []
    assert Project(root).read("threads/other-idea").title == "Other idea"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["thread/x"], "unknown chapter 'thread': did you mean 'threads'? expected one of threads"),
        (["threads/thread-pool"], "snippets/threads/thread-pool.py already exists"),
        (["threads/thread-pool.zsh"], "snippets/threads/thread-pool.py already exists"),
        (["threads/threading"], "threading.py would hide the standard library's module"),
        (["threads/x.txt"], "invalid suffix '.txt'"),
        (["x"], "invalid name 'x'"),
        (["threads/My_Idea"], "invalid name 'threads/My_Idea'"),
        (["../docs/x"], "invalid "),
        (["threads/"], "invalid name 'threads/'"),
        (["threads/more/x"], "invalid name 'threads/more/x'"),
        (["threads/x", "--title", "a\nb"], "invalid title"),
        (["threads/x", "--title", " "], "invalid title"),
    ],
)
def test_invalid_arguments_are_errors_and_nothing_is_written(
    arguments: list[str], message: str, untouched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in untouched.rglob("*") if path.is_file()}
    assert main(["new", *arguments], untouched) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert {path: path.read_bytes() for path in untouched.rglob("*") if path.is_file()} == before
