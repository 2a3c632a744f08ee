"""Where the probe writes, and which lane of a thread has control.

Each event is one line, the text of a tuple, written by one write(2) to a file
opened for appending: processes may share it, and a killed program keeps it.

A *lane* is a generator, coroutine or task: a worker inside a thread. `active`
has, for each thread, those that it is in the middle of, innermost last. Lane 0
is the thread itself.
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

AT_ONCE = 4000  # events that a process may tell in a burst…
EACH_SECOND = 2000  # …and how its allowance grows
AT_MOST = 40_000  # events of a process in all
LARGEST = 32 << 20  # bytes: how far the file of all processes may grow
SHOWN = 4000  # bytes: how much of a written piece is told

# Not for what the program starts; and on Windows the bytes as they are.
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
    """A generator, coroutine or task; what is not worth a picture is never told."""

    __slots__ = ("began", "entry", "first", "in_turn", "left", "number", "told", "yielded")
    _last = 0
    quiet = 0  # turns since one was worth telling

    def __init__(self, entry: tuple[object, ...]) -> None:
        Lane._last += 1
        self.number = Lane._last
        self.entry = entry  # kind, name, function, line, argument, number of parent lane
        self.began = self.first = monotonic()  # of its turn, and of its life
        self.told = self.in_turn = self.yielded = False
        # End and details of a last turn that was not told.
        self.left: tuple[float, *tuple[object, ...]] | tuple[()] = ()


active: dict[int, list[Lane]] = {}


def is_own(code: CodeType) -> bool:
    """Whether code is the program's, not the standard library's or a package's."""
    filename = code.co_filename
    own = _own.get(filename)
    if own is None:
        own = not filename.startswith(_foreign) and "site-packages" not in filename
        own = _own[filename] = own or (filename == "<string>" and _command)
    return own


def own_line(frame: FrameType | None) -> int | None:
    """The line of the program that led to `frame`."""
    while frame is not None:
        if is_own(frame.f_code):
            return frame.f_lineno
        frame = frame.f_back
    return None


def current() -> int:
    """The lane that has control in this thread; it is told first, where it was not."""
    lanes = active.get(get_ident())
    if not lanes:
        return 0
    Lane.quiet = 0
    for lane in lanes:
        if not lane.in_turn:
            tell_turn(lane)
    return lanes[-1].number


def tell_turn(lane: Lane, at: float | None = None) -> None:
    """Tell that a lane got control, and what it is, the first time."""
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
    """Tell what a lane is, before its first turn."""
    lane.told = True
    _tell(("lane", lane.first, _pid, get_native_id(), lane.number, *lane.entry, lane.yielded))


def tell(kind: str, *fields: object, at: float | None = None) -> None:
    """Tell an event of this process and thread."""
    _tell((kind, at or monotonic(), _pid, get_native_id(), *fields))


def may_tell() -> bool:
    """Whether there is room for events that a busy program has many of."""
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
    except OSError:  # the program closed what it did not open: it goes on without a picture
        _descriptor = -1


def keep_lock() -> None:
    """From now on, write without giving up the GIL, where that can be done.

    `os.write` gives it up. Beside a thread that computes, each event would take a switch
    interval until the program goes on: that is how long it waits to get it back.
    """
    global _write, _keeps_lock
    if _keeps_lock:
        return
    _keeps_lock = True  # or never will
    try:
        from ctypes import PyDLL, c_char_p, c_int, c_size_t, c_ssize_t

        write = PyDLL(None).write
    except (ImportError, OSError, TypeError):  # not in each build of Python, nor on Windows
        return
    write.argtypes, write.restype = (c_int, c_char_p, c_size_t), c_ssize_t

    def write_locked(descriptor: int, line: bytes) -> None:
        if write(descriptor, line, len(line)) < 0:
            raise OSError

    _write = write_locked


def forked() -> None:
    """In a forked child: a count, a clock and lanes of its own."""
    global _pid, _told, _began
    _pid, _told, _began = os.getpid(), 0, monotonic()
    active.clear()


def open_events(path: str) -> None:
    """Open the file, under a number that no program meets by counting up."""
    global _descriptor
    try:
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _PLAIN)
    except OSError:
        return
    _descriptor = opened
    for number in (977, 211):
        try:
            _descriptor = os.dup2(opened, number, inheritable=False)
        except OSError:  # more than this process may have
            continue
        os.close(opened)
        break
