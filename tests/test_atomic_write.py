"""Files are written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.atomic_write import write_atomically


def test_a_file_is_replaced_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    """The new text takes the place of the old one, its line ends as they are."""
    path = tmp_path / "a"
    write_atomically(path, "old\n")
    write_atomically(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A text that has no bytes leaves the old file alone."""
    path = tmp_path / "a"
    write_atomically(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "a", "new\n")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]
