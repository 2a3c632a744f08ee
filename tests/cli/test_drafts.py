"""The suggestions of `snippets run` for a program outside `snippets/`."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.programs import build_text

from snippet_engine.__main__ import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one chapter, and a draft outside it."""
    root = tmp_path / "the project"
    for folder in ("docs", "snippets/threads"):
        (root / folder).mkdir(parents=True)
    (root / "docs/threads.md").write_text("# Threads\n")
    (root / "snippets/threads/draft.py").write_text(build_text("pass\n"))
    (tmp_path / "draft.py").write_text(build_text("print(1)\n"))
    return root


def test_suggestion_moves_a_draft_to_an_unused_name(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suggested commands work in the current directory."""
    monkeypatch.chdir(tmp_path)
    assert main(["run", "draft.py"], root) == 1
    error = capsys.readouterr().err
    assert "`mv draft.py 'the project/snippets/threads/draft-example.py'`" in error
    assert f"`make -C '{root}' record NAME=threads/draft-example`" in error


def test_snippet_of_the_project_is_not_moved(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "threads/draft"], root) == 1
    assert "run `make record NAME=threads/draft`" in capsys.readouterr().err


def test_no_move_is_suggested_without_a_chapter(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "snippets/threads/draft.py").unlink()
    assert main(["run", str(tmp_path / "draft.py")], root) == 1
    assert "`mv " not in capsys.readouterr().err


def test_draft_that_is_not_utf_8_is_an_error_with_its_line(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.py"
    draft.write_bytes(draft.read_bytes() + b"# \xff\n")
    line = draft.read_bytes().count(b"\n")
    assert main(["run", str(draft)], root) == 2
    assert (
        capsys.readouterr().err == f"snippets: {draft}:{line}: not UTF-8; save the file as UTF-8\n"
    )
