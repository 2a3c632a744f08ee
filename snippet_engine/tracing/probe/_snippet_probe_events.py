"""The probe's event file, and the lanes that are active in each thread.

An event is one line, the text of a tuple, appended with one write(2). So processes can share
the file, and no event is lost if the program is killed.

A *lane* is a worker inside a thread: a generator, coroutine or task. `active` has the lanes
that are running in each thread, innermost last. Lane 0 is the thread itself.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident, get_native_id
from time import monotonic
from types import CodeType, FrameType

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 4000  # events that a process may write in a burst
EACH_SECOND = 2000  # events by which that allowance grows every second
AT_MOST = 40_000  # events of a process in total
LARGEST = 32 << 20  # bytes: largest size of the file, which all processes share
SHOWN = 4000  # bytes of each write that an event contains

# Not inherited by processes that the program starts; on Windows, no newline translation.
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)

_write: Callable[[int, bytes], object] = os.write
_keeps_lock = False
_descriptor = -1
_pid = os.getpid()
_began = monotonic()
_told = 0

stdlib = os.path.dirname(os.__file__)
_foreign = (stdlib, os.path.dirname(__file__), "<")
_command = "-c" in sys.orig_argv[1:2] and "multiprocessing" not in sys.orig_argv[2]
_own: dict[str, bool] = {}


class Lane:
    """A generator, coroutine or task.

    `told` is True once the lane is reported, `in_turn` while its current turn is reported and
    not over, `yielded` once it has given control back.
    """

    __slots__ = ("began", "entry", "first", "in_turn", "left", "number", "told", "yielded")
    _last = 0
    quiet = 0  # turns since the last one that was reported

    def __init__(self, entry: tuple[object, ...]) -> None:
        Lane._last += 1
        self.number = Lane._last
        self.entry = entry  # kind, name, function, line, argument, number of parent lane
        self.began = self.first = monotonic()  # start of the current turn, and of the lane
        self.told = self.in_turn = self.yielded = False
        # Time and wait details at the end of the last turn, if that was not reported.
        self.left: tuple[float, *tuple[object, ...]] | tuple[()] = ()


active: dict[int, list[Lane]] = {}


def is_own(code: CodeType) -> bool:
    """Return True if `code` is the program's, not that of a library or package."""
    filename = code.co_filename
    own = _own.get(filename)
    if own is None:
        own = not filename.startswith(_foreign) and "site-packages" not in filename
        own = _own[filename] = own or (filename == "<string>" and _command)
    return own


def own_line(frame: FrameType | None) -> int | None:
    """Return the program's line that led to `frame`, None if there is none."""
    while frame is not None:
        if is_own(frame.f_code):
            return frame.f_lineno
        frame = frame.f_back
    return None


def current() -> int:
    """Return the number of the lane that has control in this thread, 0 if none.

    The current turns of the thread's lanes are reported first if they were not yet.
    """
    lanes = active.get(get_ident())
    if not lanes:
        return 0
    Lane.quiet = 0
    for lane in lanes:
        if not lane.in_turn:
            tell_turn(lane)
    return lanes[-1].number


def tell_turn(lane: Lane, at: float | None = None) -> None:
    """Report that a lane got control; the first time, also report the lane.

    `at` is the start of the lane in monotonic time, default `lane.first`.
    """
    if not lane.told:
        lane.told = True
        _tell(
            (
                "lane",
                at or lane.first,
                _pid,
                get_native_id(),
                lane.number,
                *lane.entry,
                lane.yielded,
            )
        )
    lane.in_turn = True
    _tell(("turn", lane.began, _pid, get_native_id(), lane.number))


def tell_lane(lane: Lane) -> None:
    """Report a lane before its first turn."""
    lane.told = True
    _tell(("lane", lane.first, _pid, get_native_id(), lane.number, *lane.entry, lane.yielded))


def tell(kind: str, *fields: object, at: float | None = None) -> None:
    """Write an event of this process and thread; `at` defaults to the present."""
    _tell((kind, at or monotonic(), _pid, get_native_id(), *fields))


def may_tell() -> bool:
    """Return True while this process is within its budget of events."""
    return _told < AT_MOST and _told < AT_ONCE + EACH_SECOND * (monotonic() - _began)


def _tell(event: tuple[object, ...]) -> None:
    global _descriptor, _told
    _told += 1
    if _descriptor < 0:
        return
    try:
        _write(_descriptor, ascii(event).encode() + b"\n")
        if _told % 256 == 0 and os.fstat(_descriptor).st_size > LARGEST:
            _descriptor = -1
    except OSError:  # the program closed a descriptor not its own: stop tracing, let it run
        _descriptor = -1


def keep_lock() -> None:
    """Write events without releasing the GIL from now on, if this Python allows it.

    `os.write` releases it. While another thread computes, the program would then wait for a
    whole switch interval at each event to get the GIL back.
    """
    global _write, _keeps_lock
    if _keeps_lock:
        return
    _keeps_lock = True  # also if it fails: try only once
    try:
        from ctypes import PyDLL, c_char_p, c_int, c_size_t, c_ssize_t

        write = PyDLL(None).write
    except (ImportError, OSError, TypeError):  # missing in some builds, and on Windows
        return
    write.argtypes, write.restype = (c_int, c_char_p, c_size_t), c_ssize_t

    def write_locked(descriptor: int, line: bytes) -> None:
        if write(descriptor, line, len(line)) < 0:
            raise OSError

    _write = write_locked


def forked() -> None:
    """Reset the process id, the budget of events and the lanes in a forked child."""
    global _pid, _told, _began
    _pid, _told, _began = os.getpid(), 0, monotonic()
    active.clear()


def open_events(path: str) -> None:
    """Open the event file, under a descriptor number that programs rarely use.

    Without effect if it cannot be opened.
    """
    global _descriptor
    try:
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _PLAIN)
    except OSError:
        return
    _descriptor = opened
    for number in (977, 211):
        try:
            _descriptor = os.dup2(opened, number, inheritable=False)
        except OSError:  # above this process's limit of descriptors
            continue
        os.close(opened)
        break
