"""Atomic file writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.atomic_write import write_atomically


def test_file_is_replaced_and_no_temporary_file_remains(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, "old\n")
    write_atomically(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert list(tmp_path.iterdir()) == [path]


def test_write_that_fails_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "a", "new\n")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]
