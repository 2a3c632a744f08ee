"""A folder of its own for each run, taken away whatever the program put there."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

PREFIX = "snippet-"
# How old, in seconds, a folder must be that nobody holds, to be taken for left
# behind: one just made is not held yet.
ABANDONED = 60.0


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder, which is there while the block runs.

    It is locked as long, so that what a killed build left behind is told from
    what another build uses; a run clears that away, the first of each process.
    """
    folder = tempfile.gettempdir()
    _clear(folder)
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)).resolve()
    lock = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place
    finally:
        os.close(lock)
        _remove(place)


@cache
def _clear(folder: str) -> None:
    """Take away what killed builds left in `folder`."""
    for place in Path(folder).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - place.stat().st_mtime < ABANDONED:
                continue
            lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(place)
            finally:
                os.close(lock)


def _remove(place: Path) -> None:
    """Remove a folder with all that is in it, also where it may not be entered."""
    with suppress(OSError, RecursionError):  # a locked folder; folders in folders in folders
        shutil.rmtree(place)
    if place.exists():
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, "--", str(place)], capture_output=True)
