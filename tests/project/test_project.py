"""Snippets are found and read."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.projects import write_snippet

from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Project


def test_names_are_those_of_all_snippet_files(root: Path) -> None:
    write_snippet(root, "threads/b")
    write_snippet(root, "threads/a")
    (root / "snippets/threads/c.zsh").write_text("true\n")
    (root / "snippets/threads/notes.txt").touch()
    (root / "snippets/top.py").touch()
    assert Project(root).names() == ["threads/a", "threads/b", "threads/c"]


@pytest.mark.parametrize("name", ["threads/none", "threads", "../threads/a", "threads/.a", ""])
def test_unknown_name_is_an_error(root: Path, name: str) -> None:
    write_snippet(root, "threads/a")
    with pytest.raises(SnippetError, match="there is no such snippet"):
        Project(root).read(name)


def test_snippet_is_parsed_once_until_its_file_changes(root: Path) -> None:
    write_snippet(root, "threads/a")
    project = Project(root)
    first = project.read("threads/a")
    assert project.read("threads/a") is first
    write_snippet(root, "threads/a", "print()\n")
    assert project.read("threads/a").code == "print()\n"


def test_chapter_without_a_page_is_an_error_that_names_the_chapters(root: Path) -> None:
    write_snippet(root, "threads/a")
    write_snippet(root, "treads/a")
    with pytest.raises(SnippetError) as caught:
        Project(root).read("treads/a")
    assert str(caught.value) == (
        "snippets/treads/a.py:1: unknown chapter 'treads': "
        "there is no docs/treads.md (known: threads)"
    )


def test_file_that_is_not_utf8_is_an_error_with_its_line(root: Path) -> None:
    write_snippet(root, "threads/a").write_bytes(b"# /// script\n# \xff\n# ///\n")
    with pytest.raises(SnippetError, match=r"snippets/threads/a\.py:2: not UTF-8"):
        Project(root).read("threads/a")


def test_modification_times_change_with_a_file(root: Path) -> None:
    path = write_snippet(root, "threads/a")
    (root / "snippets/stray.txt").touch()  # not a folder
    project = Project(root)
    before = project.modification_times()
    assert list(before) == [str(path)]
    assert project.modification_times() == before
    write_snippet(root, "threads/b")
    assert project.modification_times() != before
