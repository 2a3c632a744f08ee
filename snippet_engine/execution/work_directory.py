"""Work directories of runs, removed whatever the programs left in them."""

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
# Age in seconds from which an unlocked directory counts as stale: a new one is
# not locked yet.
STALE_AFTER_S = 60.0
# The same where directories cannot be locked: longer than any build.
LONG_ABANDONED = 86_400.0


@contextmanager
def run_directory() -> Iterator[Path]:
    """Yield a new, empty directory, which is removed when the block ends.

    Where the system has locks, it is locked meanwhile, which distinguishes it from a
    stale directory of a killed build. The first call in a process removes those.
    """
    folder = platforms.CURRENT.temporary or tempfile.gettempdir()
    _remove_stale(folder)
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)).resolve()
    try:
        with _locked(place):
            yield place
    finally:
        _remove(place)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Lock a directory while the block runs, where the system has locks.

    Raises OSError if it is locked already.
    """
    if not platforms.CURRENT.locks:
        yield
        return
    lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@cache
def _remove_stale(folder: str) -> None:
    """Remove the stale work directories of killed builds from `folder`, once only."""
    age = STALE_AFTER_S if platforms.CURRENT.locks else LONG_ABANDONED
    for place in Path(folder).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - place.stat().st_mtime >= age:
                with _locked(place):
                    _remove(place)


def _remove(place: Path) -> None:
    """Remove a directory and its content, even without permission to enter it."""
    with suppress(OSError, RecursionError):  # no permission; nested too deeply
        shutil.rmtree(place)
    if place.exists():
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            with suppress(FileNotFoundError):  # Windows has neither
                subprocess.run([*command, "--", str(place)], capture_output=True)
