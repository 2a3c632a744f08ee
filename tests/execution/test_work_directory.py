"""Work directories of runs, and removal of those that killed builds have left."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from snippet_engine.execution.work_directory import (
    PREFIX,
    STALE_AFTER_S,
    _locked,
    _remove_stale,
    run_directory,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def add_directory(folder: Path, name: str, age_s: float) -> Path:
    directory = folder / f"{PREFIX}{name}"
    (directory / "run").mkdir(parents=True)
    os.utime(directory, (time.time() - age_s,) * 2)
    return directory


def test_directory_is_removed_with_its_content(folder: Path) -> None:
    with run_directory() as directory:
        (directory / "a/b/c").mkdir(parents=True)
        (directory / "a/b").chmod(0)
    assert os.listdir(folder) == []


def test_old_directories_of_killed_builds_are_removed(folder: Path) -> None:
    """A young one may not be locked yet."""
    young = add_directory(folder, "young", STALE_AFTER_S - 30)
    add_directory(folder, "old", STALE_AFTER_S + 30)
    with run_directory() as directory:
        assert set(folder.iterdir()) == {directory, young}


def test_locked_directory_is_not_stale(folder: Path) -> None:
    old = add_directory(folder, "old", STALE_AFTER_S + 30)
    with _locked(old):
        _remove_stale.__wrapped__(str(folder))
    assert old.exists()
    _remove_stale.__wrapped__(str(folder))
    assert not old.exists()


def test_directory_that_cannot_be_removed_in_process_is_removed_by_commands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As without permission to enter it, or nested too deeply for Python 3.11."""

    def fail(path: Path) -> None:
        raise RecursionError(path)

    with run_directory() as directory:
        (directory / "a" / "b").mkdir(parents=True)
        (directory / "a" / "b").chmod(0)
        monkeypatch.setattr(shutil, "rmtree", fail)
    assert os.listdir(folder) == []
