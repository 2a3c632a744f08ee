"""A folder of its own for each run, taken away whatever the program put there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from snippet_engine.execution import platforms

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "snippet-"
# How old, in seconds, a folder must be that nobody holds, to be taken for left
# behind: one just made is not held yet.
ABANDONED = 60.0
# The same where nobody can hold one: longer than any build.
LONG_ABANDONED = 86_400.0


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder, which is there while the block runs.

    It is locked as long, where there are locks, so that what a killed build left
    behind is told from what another build uses; a run clears that away, the first
    of each process.
    """
    folder = platforms.HERE.temporary or tempfile.gettempdir()
    _clear(folder)
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)).resolve()
    try:
        with _held(place):
            yield place
    finally:
        _remove(place)


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Hold a folder while the block runs. Raises OSError where another process does."""
    if not platforms.HERE.locks:
        yield
        return
    lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@cache
def _clear(folder: str) -> None:
    """Take away what killed builds left in `folder`."""
    age = ABANDONED if platforms.HERE.locks else LONG_ABANDONED
    for place in Path(folder).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - place.stat().st_mtime >= age:
                with _held(place):
                    _remove(place)


def _remove(place: Path) -> None:
    """Remove a folder with all that is in it, also where it may not be entered."""
    with suppress(OSError, RecursionError):  # a locked folder; folders in folders in folders
        shutil.rmtree(place)
    if place.exists():
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            with suppress(FileNotFoundError):  # Windows has neither
                subprocess.run([*command, "--", str(place)], capture_output=True)
