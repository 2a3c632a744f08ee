"""Looking for processes that a test may have left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")


def living(token: str) -> list[int]:
    """The processes whose command line or environment has `token` in it."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                if token.encode() in told:
                    found.append(int(folder.name))
    return found


def gone(token: str) -> bool:
    """Whether no process with `token` is left, given a moment to go."""
    return _in_a_moment(lambda: not living(token))


def only(others: set[int]) -> bool:
    """Whether this process has those children and no other, given a moment for what ends."""
    return _in_a_moment(lambda: children() == others)


def _in_a_moment(is_so: Callable[[], bool]) -> bool:
    for _ in range(100):
        if is_so():
            return True
        time.sleep(0.05)
    return False


def children() -> set[int]:
    """The children of this process, zombies too.

    In the place of a server that forks supervisors, which stays, those that it has forked.
    """
    found = _children_of(os.getpid())
    servers = {pid for pid in found if "forking.py" in _command_of(pid)}
    return (found - servers).union(*map(_children_of, servers))


def _children_of(pid: int) -> set[int]:
    found: set[int] = set()
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found |= set(map(int, (thread / "children").read_text().split()))
    return found


def _command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""
