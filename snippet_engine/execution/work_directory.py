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

PREFIX = "snippet-"
# Age from which an unlocked directory counts as stale: a new one is not locked yet.
STALE_AFTER_S = 60.0


@contextmanager
def run_directory() -> Iterator[Path]:
    """Yield a new, empty directory, which is removed when the block ends.

    It is locked meanwhile, which distinguishes it from a stale directory of a killed
    build. The first call in a process removes those.
    """
    parent = platforms.CURRENT.temporary or tempfile.gettempdir()
    _remove_stale(parent)
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)).resolve()
    try:
        with _locked(directory):
            yield directory
    finally:
        _remove(directory)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Lock a directory while the block runs. Raises OSError if it is locked already."""
    import fcntl  # missing on Windows, where the engine runs no programs

    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


@cache
def _remove_stale(parent: str) -> None:
    """Remove the stale work directories of killed builds from `parent`, once only."""
    for directory in Path(parent).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - directory.stat().st_mtime >= STALE_AFTER_S:
                with _locked(directory):
                    _remove(directory)


def _remove(directory: Path) -> None:
    """Remove a directory and its content, even without permission to enter it."""
    with suppress(OSError, RecursionError):  # no permission; nested too deeply
        shutil.rmtree(directory)
    if directory.exists():
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, "--", str(directory)], capture_output=True)
