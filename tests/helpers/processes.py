"""Search for processes that a test may have left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")


def find_processes(token: str) -> list[int]:
    """Return the processes, but this one, with `token` in command line or environment."""
    pids = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                if token.encode() in text:
                    pids.append(int(folder.name))
    return pids


def is_gone(token: str) -> bool:
    """Return True if no process with `token` is left after at most five seconds."""
    return wait_until(lambda: not find_processes(token))


def wait_until(is_true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Poll a condition until it is true, and return True, or False when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return is_true()


def list_children() -> set[int]:
    """Return the children of this process, zombies included.

    A fork server, which stays, is replaced by the supervisors that it has forked.
    """
    pids = _list_children_of(os.getpid())
    servers = {pid for pid in pids if "\0fork-server\0" in _read_command(pid)}
    return (pids - servers).union(*map(_list_children_of, servers))


def _list_children_of(pid: int) -> set[int]:
    pids: set[int] = set()
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                pids |= set(map(int, (thread / "children").read_text().split()))
    return pids


def _read_command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""
