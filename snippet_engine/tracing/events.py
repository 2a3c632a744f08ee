"""The events that the probe writes and the reader reads: the protocol between them.

The probe, in `tracing/probe/_snippet_probe`, writes each event as one line, the text of a
tuple: kind, monotonic time in seconds, process id, native thread id, and the fields of the
kind. Events of a thread are in order; those of different threads may not be.

| kind | class | reports that |
| --- | --- | --- |
| `process` | ProcessStarted | the probe was loaded into a new Python process |
| `begin` | ProgramBegun | the program's first line is about to run |
| `fork` | ProcessForked | this process was forked |
| `named` | ProcessNamed | multiprocessing has set up this process |
| `spawn` | ChildSpawned | this thread is about to start a subprocess |
| `exit` | ProcessExited | this process is about to end |
| `thread` | ThreadStarted | this thread has started |
| `thread_end` | ThreadEnded | this thread is about to end |
| `fiber` | FiberStarted | a generator, coroutine or task exists |
| `renamed` | FiberRenamed | the program has given a task another name |
| `turn` | TurnBegun | a fiber got control of this thread |
| `yield` | TurnEnded | a fiber has given control back |
| `done` | FiberEnded | a fiber has ended |
| `wait` | WaitBegun | this thread is about to make a call that may wait |
| `woke` | WaitEnded | that call has returned |
| `release` | Released | this thread is about to release what another waits for |
| `write` | TextWritten | this thread has written to standard output or error |

A *fiber* is a worker inside a thread: a generator, coroutine or task. Its number is unique in
its process; 0 stands for the thread itself. A *line* is a line number of the program, None if
unknown.
"""

from __future__ import annotations

import ast
from types import UnionType
from typing import Any, NamedTuple, get_origin, get_type_hints


class ProcessStarted(NamedTuple):
    """`role` is the multiprocessing module that started the process, or ""."""

    at: float
    pid: int
    tid: int
    parent_pid: int
    role: str


class ProgramBegun(NamedTuple):
    at: float
    pid: int
    tid: int


class ProcessForked(NamedTuple):
    """`began` is the time before the fork; the parent is what called it."""

    at: float
    pid: int
    tid: int
    began: float
    parent_pid: int
    parent_tid: int
    parent_fiber: int
    line: int | None


class ProcessNamed(NamedTuple):
    """`line` is the first of `function`; `parent_pid` None if multiprocessing knows none."""

    at: float
    pid: int
    tid: int
    name: str
    function: str
    line: int | None
    parent_pid: int | None


class ChildSpawned(NamedTuple):
    at: float
    pid: int
    tid: int
    fiber: int
    line: int | None


class ProcessExited(NamedTuple):
    at: float
    pid: int
    tid: int


class ThreadStarted(NamedTuple):
    """`start_line` is that of the call that started it, `line` the first of `function`."""

    at: float
    pid: int
    tid: int
    parent_tid: int
    parent_fiber: int
    start_line: int | None
    name: str
    function: str
    line: int | None


class ThreadEnded(NamedTuple):
    at: float
    pid: int
    tid: int


class FiberStarted(NamedTuple):
    """`worker_kind` is generator, coroutine or task, `line` the first of `function`.

    `argument` is the text of its first short argument, or "". `has_yielded` is True if it gave
    control back earlier, in a turn too short to be reported.
    """

    at: float
    pid: int
    tid: int
    fiber: int
    worker_kind: str
    name: str
    function: str
    line: int | None
    argument: str
    parent_fiber: int
    has_yielded: bool


class FiberRenamed(NamedTuple):
    at: float
    pid: int
    tid: int
    fiber: int
    name: str


class TurnBegun(NamedTuple):
    at: float
    pid: int
    tid: int
    fiber: int


class TurnEnded(NamedTuple):
    """`reason` is that of the wait that follows, "" if the fiber is only suspended.

    `awaited_fiber` is the task that it waits for, None if it waits for something else.
    """

    at: float
    pid: int
    tid: int
    fiber: int
    reason: str
    awaited_fiber: int | None
    line: int | None


class FiberEnded(NamedTuple):
    at: float
    pid: int
    tid: int
    fiber: int


# What a thread waits for: the address of a lock or queue, ("thread", native thread id),
# ("process", process id), or None if unknown.
Awaited = int | tuple[str, int] | None


class WaitBegun(NamedTuple):
    at: float
    pid: int
    tid: int
    fiber: int
    reason: str
    awaited: Awaited
    line: int | None


class WaitEnded(NamedTuple):
    at: float
    pid: int
    tid: int


class Released(NamedTuple):
    """`address` is that of a lock or queue, as in `WaitBegun.awaited`."""

    at: float
    pid: int
    tid: int
    fiber: int
    address: int


class TextWritten(NamedTuple):
    """`stream` is 1 for standard output, 2 for standard error.

    `data` has the first bytes of the `size` bytes written.
    """

    at: float
    pid: int
    tid: int
    fiber: int
    stream: int
    size: int
    data: bytes


Event = (
    ProcessStarted
    | ProgramBegun
    | ProcessForked
    | ProcessNamed
    | ChildSpawned
    | ProcessExited
    | ThreadStarted
    | ThreadEnded
    | FiberStarted
    | FiberRenamed
    | TurnBegun
    | TurnEnded
    | FiberEnded
    | WaitBegun
    | WaitEnded
    | Released
    | TextWritten
)

EVENT_CLASSES: dict[str, type[Event]] = {
    "process": ProcessStarted,
    "begin": ProgramBegun,
    "fork": ProcessForked,
    "named": ProcessNamed,
    "spawn": ChildSpawned,
    "exit": ProcessExited,
    "thread": ThreadStarted,
    "thread_end": ThreadEnded,
    "fiber": FiberStarted,
    "renamed": FiberRenamed,
    "turn": TurnBegun,
    "yield": TurnEnded,
    "done": FiberEnded,
    "wait": WaitBegun,
    "woke": WaitEnded,
    "release": Released,
    "write": TextWritten,
}


def parse_event(line: bytes) -> Event | None:
    """Return the event in one line of the file.

    It is None for a line that is no tuple with a known kind, such as a last one that is
    incomplete. Raises ValueError if the fields are not those of the kind.
    """
    try:
        values = ast.literal_eval(line.decode("ascii"))
    except (ValueError, SyntaxError):
        return None
    if not isinstance(values, tuple) or len(values) < 4 or not isinstance(values[0], str):
        return None
    kind, *fields = values
    event_class = EVENT_CLASSES.get(kind)
    if event_class is None:
        return None
    types = _FIELD_TYPES[kind]
    if len(fields) != len(types) or not all(map(isinstance, fields, types)):
        raise ValueError(f"the fields of event {values} are not those of {event_class.__name__}")
    return event_class(*fields)


def _runtime_type(hint: Any) -> type | UnionType:
    """Return what `isinstance` accepts for the type `hint` of a field."""
    if hint is float:
        return float | int
    if hint == Awaited:
        return int | tuple | None
    assert get_origin(hint) in (None, UnionType), hint
    checked: type | UnionType = hint
    return checked


_FIELD_TYPES: dict[str, tuple[type | UnionType, ...]] = {
    kind: tuple(_runtime_type(hint) for hint in get_type_hints(event_class).values())
    for kind, event_class in EVENT_CLASSES.items()
}
