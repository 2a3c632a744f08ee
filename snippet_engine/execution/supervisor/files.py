"""How much a program has written: in its own folders, and in file systems of its own."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress

UNIT = 512  # bytes: of st_blocks, stat(3type)


def written(folders: Sequence[str], most_names: int) -> tuple[int, int]:
    """Bytes on disk under `folders`, and how many names there are.

    The count ends at one more than `most_names`. What lies so deep that its path is
    too long to be named counts as too many.
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
                        # Windows does not count in blocks.
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
    """Bytes and files in file systems that are the program's alone, unlinked ones too."""
    systems = [os.statvfs(mount) for mount in mounts]
    return (
        sum((system.f_blocks - system.f_bfree) * system.f_frsize for system in systems),
        sum(system.f_files - system.f_ffree for system in systems),
    )


def unlinked(pids: Sequence[int], mounts: Sequence[str]) -> int:
    """Bytes in files, outside `mounts`, that are open in these processes and have no name."""
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
