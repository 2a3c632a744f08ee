"""Disk use of a program: in its folders, its file systems and unlinked files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress

UNIT = 512  # bytes: of st_blocks, stat(3type)


def written(folders: Sequence[str], most_names: int) -> tuple[int, int]:
    """Return the bytes on disk under `folders`, and the number of names there.

    The count ends at one more than `most_names`. A folder nested so deeply that its
    path is too long counts as too many names.
    """
    size = names = 0
    waiting = list(folders)
    while waiting and names <= most_names:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    names += 1
                    if names > most_names:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        # Windows has no st_blocks.
                        size += (
                            status.st_blocks * UNIT
                            if hasattr(status, "st_blocks")
                            else status.st_size
                        )
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                names = most_names + 1
    return size, names


def filled(mounts: Sequence[str]) -> tuple[int, int]:
    """Return the bytes and files used in `mounts`, including unlinked files.

    Only the program may write to these file systems.
    """
    systems = [os.statvfs(mount) for mount in mounts]
    return (
        sum((system.f_blocks - system.f_bfree) * system.f_frsize for system in systems),
        sum(system.f_files - system.f_ffree for system in systems),
    )


def unlinked(pids: Sequence[int], mounts: Sequence[str]) -> int:
    """Return the bytes of unlinked files open in these processes, outside `mounts`."""
    devices = {os.stat(mount).st_dev for mount in mounts}  # noqa: PTH116 - pathlib is slow to start
    found: dict[tuple[int, int], int] = {}
    for pid in pids:
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    status = entry.stat()
                    nameless = stat.S_ISREG(status.st_mode) and not status.st_nlink
                    if nameless and status.st_dev not in devices:
                        found[status.st_dev, status.st_ino] = status.st_blocks * UNIT
    return sum(found.values())
