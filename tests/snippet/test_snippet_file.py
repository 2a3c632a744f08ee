"""Reading and atomic writing of a snippet's file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.snippet_file import SnippetPath, read_source


def test_file_that_is_not_utf_8_is_an_error_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"a\nb\n\xff\n")
    with pytest.raises(SnippetError) as error:
        read_source(path, Path("snippets/x.py"))
    assert str(error.value) == "snippets/x.py:3: not UTF-8; save the file as UTF-8"


def test_write_that_fails_leaves_the_old_file_and_no_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = SnippetPath(tmp_path / "x.py")
    assert path.write_text("old é\n") == 6
    assert path.read_text() == "old é\n"

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        path.write_text("new\n")
    assert path.read_text() == "old é\n"
    assert os.listdir(tmp_path) == ["x.py"]


def test_temporary_files_of_killed_processes_are_removed(tmp_path: Path) -> None:
    """Those of running processes stay."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    old, active = tmp_path / ".y.py.1", [".y.py.9lives", f".z.py.{os.getpid()}"]
    for name in (old.name, f".x.py.{ended.pid}", *active):
        (tmp_path / name).write_text("half")
    os.utime(old, (0, 0))
    SnippetPath(tmp_path / "x.py").write_text("whole\n")
    assert sorted(os.listdir(tmp_path)) == sorted([*active, "x.py"])
