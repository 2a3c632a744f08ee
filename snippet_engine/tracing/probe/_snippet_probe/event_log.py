"""The file of events, to which all processes of a program append.

An event is one line, the text of a tuple, appended with one write(2). So processes can share
the file, and no event is lost if the program is killed. The engine's `tracing/events.py`
describes the tuples.
"""

from __future__ import annotations

import os
from _thread import get_native_id
from time import monotonic

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

BURST_EVENTS = 4000  # events that a process may write in a burst
EVENTS_PER_SECOND = 2000  # by which that allowance grows
MAX_EVENTS = 40_000  # events of a process in total
MAX_FILE_BYTES = 32 << 20  # of the file that all processes share
MAX_TEXT_BYTES = 4000  # bytes of each write that an event contains

# Not inherited by processes that the program starts; on Windows, no newline translation.
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
_DESCRIPTORS = (977, 211)  # numbers that programs rarely use

_write: Callable[[int, bytes], object] = os.write
_tried_to_keep_gil = False
_descriptor = -1
_pid = os.getpid()
_budget_start = monotonic()
_event_count = 0


def open_log(path: str) -> None:
    """Open the file of events under a descriptor number that programs rarely use.

    Without effect if it cannot be opened.
    """
    global _descriptor
    try:
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _FLAGS)
    except OSError:
        return
    _descriptor = opened
    for number in _DESCRIPTORS:
        try:
            _descriptor = os.dup2(opened, number, inheritable=False)
        except OSError:  # above this process's limit of descriptors
            continue
        os.close(opened)
        break


def record(kind: str, *fields: object, at: float | None = None) -> None:
    """Write an event of this process and thread.

    `at` is its monotonic time in seconds, by default the present.
    """
    global _descriptor, _event_count
    _event_count += 1
    if _descriptor < 0:
        return
    event = (kind, at or monotonic(), _pid, get_native_id(), *fields)
    try:
        _write(_descriptor, ascii(event).encode() + b"\n")
        if _event_count % 256 == 0 and os.fstat(_descriptor).st_size > MAX_FILE_BYTES:
            _descriptor = -1
    except OSError:  # the program closed a descriptor not its own: stop tracing, let it run
        _descriptor = -1


def has_budget() -> bool:
    """Return True while this process may write events that are not essential."""
    if _event_count >= MAX_EVENTS:
        return False
    return _event_count < BURST_EVENTS + EVENTS_PER_SECOND * (monotonic() - _budget_start)


def keep_gil_while_writing() -> None:
    """Write events without releasing the GIL from now on, if this Python allows it.

    `os.write` releases it. While another thread computes, the program would then wait for a
    whole switch interval at each event to get the GIL back.
    """
    global _write, _tried_to_keep_gil
    if _tried_to_keep_gil:
        return
    _tried_to_keep_gil = True
    try:
        from ctypes import PyDLL, c_char_p, c_int, c_size_t, c_ssize_t

        write = PyDLL(None).write
    except (ImportError, OSError, TypeError):  # missing in some builds, and on Windows
        return
    write.argtypes, write.restype = (c_int, c_char_p, c_size_t), c_ssize_t

    def write_with_gil(descriptor: int, line: bytes) -> None:
        if write(descriptor, line, len(line)) < 0:
            raise OSError

    _write = write_with_gil


def reset_after_fork() -> None:
    """Give a forked child its own process id and a full budget of events."""
    global _pid, _budget_start, _event_count
    _pid, _budget_start, _event_count = os.getpid(), monotonic(), 0
