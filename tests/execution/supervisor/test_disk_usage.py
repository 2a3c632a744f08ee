"""Disk use of a program."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from helpers.processes import needs_proc

from snippet_engine.execution.supervisor.disk_usage import (
    measure_folders,
    measure_mounts,
    measure_unlinked,
)


def test_bytes_and_names_of_all_folders_are_counted(tmp_path: Path) -> None:
    for name in ("one/file", "two/inner/file"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x" * 8192)
    size, names = measure_folders([str(tmp_path / "one"), str(tmp_path / "two")], 10)
    assert 16384 <= size < 65536
    assert names == 3


def test_sparse_file_counts_what_it_takes(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    assert measure_folders([str(tmp_path)], 10)[0] < 1 << 20


def test_linked_folder_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    assert measure_folders([str(tmp_path)], 10)[1] == 1


def test_count_ends_after_too_many_names(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / str(number)).touch()
    assert measure_folders([str(tmp_path)], 5)[1] == 6


def test_missing_folder_is_empty(tmp_path: Path) -> None:
    assert measure_folders([str(tmp_path / "missing")], 5) == (0, 0)


def test_path_that_is_too_long_counts_as_too_many_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(50):
        Path("d" * 200).mkdir()
        os.chdir("d" * 200)
    assert measure_folders([str(tmp_path)], 100) == (0, 101)


def test_mount_counts_what_its_file_system_uses(tmp_path: Path) -> None:
    assert measure_mounts([]) == (0, 0)
    size, files = measure_mounts([str(tmp_path)])
    assert size > 0
    assert files >= 0


@needs_proc
def test_unlinked_open_file_is_counted_once(tmp_path: Path) -> None:
    before = measure_unlinked([os.getpid()], [])
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(b"x" * 8192)
        file.flush()
        os.fsync(file.fileno())
        duplicate = os.dup(file.fileno())
        size = measure_unlinked([os.getpid()], []) - before
        on_mount = measure_unlinked([os.getpid()], [str(tmp_path)])
        os.close(duplicate)
    assert 8192 <= size < 16384
    assert on_mount <= before
