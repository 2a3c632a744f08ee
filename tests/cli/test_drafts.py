"""What `snippets run` suggests for a program that is not in `snippets/` yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.programs import text_of

from snippet_engine.__main__ import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one chapter, and a draft beside it."""
    root = tmp_path / "the project"
    for folder in ("docs", "snippets/threads"):
        (root / folder).mkdir(parents=True)
    (root / "docs/threads.md").write_text("# Threads\n")
    (root / "snippets/threads/draft.py").write_text(text_of("pass\n"))
    (tmp_path / "draft.py").write_text(text_of("print(1)\n"))
    return root


def test_a_draft_is_moved_before_it_is_recorded(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a name that is free, by commands that work from where they are printed."""
    monkeypatch.chdir(tmp_path)
    assert main(["run", "draft.py"], root) == 1
    said = capsys.readouterr().err
    assert "`mv draft.py 'the project/snippets/threads/draft-example.py'`" in said
    assert f"`make -C '{root}' record NAME=threads/draft-example`" in said


def test_a_snippet_of_the_project_is_recorded_where_it_is(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name alone."""
    assert main(["run", "threads/draft"], root) == 1
    assert "run `make record NAME=threads/draft`" in capsys.readouterr().err


def test_a_draft_is_not_moved_where_there_is_no_chapter(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then the cure is what it was."""
    (root / "snippets/threads/draft.py").unlink()
    assert main(["run", str(tmp_path / "draft.py")], root) == 1
    assert "`mv " not in capsys.readouterr().err


def test_a_draft_that_is_not_utf_8_is_one_line(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its file and line."""
    draft = tmp_path / "draft.py"
    draft.write_bytes(draft.read_bytes() + b"# \xff\n")
    line = draft.read_bytes().count(b"\n")
    assert main(["run", str(draft)], root) == 2
    assert capsys.readouterr().err == f"snippets: {draft}:{line}: not UTF-8\n"
