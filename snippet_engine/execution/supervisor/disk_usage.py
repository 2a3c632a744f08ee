"""Disk use of a program: in its folders, its file systems and unlinked files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress

BLOCK_BYTES = 512  # of st_blocks, stat(3type)


def measure_folders(folders: Sequence[str], max_names: int) -> tuple[int, int]:
    """Return the bytes on disk under `folders`, and the number of names there.

    The count ends at one more than `max_names`. A folder nested so deeply that its
    path is too long counts as too many names.
    """
    size = names = 0
    waiting = list(folders)
    while waiting and names <= max_names:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    names += 1
                    if names > max_names:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * BLOCK_BYTES
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                names = max_names + 1
    return size, names


def measure_mounts(mounts: Sequence[str]) -> tuple[int, int]:
    """Return the bytes and files used in `mounts`, including unlinked files.

    Only the program may write to these file systems.
    """
    systems = [os.statvfs(mount) for mount in mounts]
    return (
        sum((system.f_blocks - system.f_bfree) * system.f_frsize for system in systems),
        sum(system.f_files - system.f_ffree for system in systems),
    )


def measure_unlinked(pids: Sequence[int], mounts: Sequence[str]) -> int:
    """Return the bytes of unlinked files open in these processes, outside `mounts`.

    Linux only.
    """
    devices = {os.stat(mount).st_dev for mount in mounts}  # noqa: PTH116 - pathlib is slow to start
    sizes: dict[tuple[int, int], int] = {}
    for pid in pids:
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    status = entry.stat()
                    is_unlinked = stat.S_ISREG(status.st_mode) and not status.st_nlink
                    if is_unlinked and status.st_dev not in devices:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * BLOCK_BYTES
    return sum(sizes.values())
