"""The lanes inside a thread: generators and coroutines driven by hand, asyncio's tasks.

A generator of the program is a lane if the program itself drives it. Delegation
(`await`, `yield from`) does not open another; a turn in which nothing printed,
waited or took a millisecond is not told.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from time import monotonic
from types import CodeType, FrameType

from _snippet_probe_events import (
    Lane,
    active,
    current,
    is_own,
    may_tell,
    tell,
    tell_lane,
    tell_turn,
)

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any, TypeGuard

SUSPENDING = 0x2A0  # flags of the code of generators, coroutines, asynchronous generators
COROUTINE = 0x80
EAGER = 200  # turns in a row of which nothing is told: from then on only what is worth it
TIRED = 3000  # …and from then on they are not listened to
WORTH_TELLING = 0.001  # seconds

# What a task waits on, by the outermost of asyncio's coroutines that it awaits.
AWAITED = {
    ("tasks", "sleep"): "sleep",
    ("tasks", "wait"): "join",
    ("tasks", "_wait"): "join",
    ("taskgroups", "__aexit__"): "join",
    ("locks", "acquire"): "lock",
    ("locks", "wait"): "event",
    ("queues", "get"): "queue",
    ("queues", "put"): "queue",
    ("queues", "join"): "queue",
    ("threads", "to_thread"): "thread",
    ("subprocess", "wait"): "child process",
    ("subprocess", "communicate"): "child process",
    ("streams", "*"): "socket",
    ("base_events", "*"): "socket",
    ("selector_events", "*"): "socket",
}
CLEARER = {  # asyncio's classes whose methods have the same names
    "Semaphore": "semaphore",
    "BoundedSemaphore": "semaphore",
    "Condition": "condition",
    "Barrier": "barrier",
}

_address = object.__hash__
_lanes: dict[int, Lane] = {}  # by the address of a frame or a task
_stepping: dict[int, Any] = {}  # tasks by the address of the frame of their step
_sends: set[int] = set()


def watched(code: CodeType) -> bool:
    """Whether code may be a lane's."""
    return bool(code.co_flags & SUSPENDING) and code.co_name != "<genexpr>" and is_own(code)


def started(frame: FrameType) -> None:
    """A generator or coroutine begins its first turn."""
    _lanes.pop(_address(frame), None)
    driver = frame.f_back
    if driver is not None and is_own(driver.f_code) and not _delegates(driver):
        code = frame.f_code
        kind = "coroutine" if code.co_flags & COROUTINE else "generator"
        entry = (kind, "", code.co_name, code.co_firstlineno, _argument(frame), _top())
        _turn(_lanes.setdefault(_address(frame), Lane(entry)))


def resumed(frame: FrameType) -> None:
    """A generator or coroutine gets another turn."""
    if (lane := _lanes.get(_address(frame))) is not None:
        _turn(lane)


def paused(frame: FrameType) -> None:
    """A generator or coroutine gives control back."""
    if (lane := _lanes.get(_address(frame))) is not None:
        _give_back(lane, "yield", "", None, None)


def ended(frame: FrameType) -> None:
    """A generator or coroutine came to its end."""
    if (lane := _lanes.pop(_address(frame), None)) is not None:
        _give_back(lane, "done")


def scheduled(frame: FrameType) -> None:
    """`Handle.__init__` begins: perhaps a task's first step is put into the loop."""
    task = getattr(frame.f_locals.get("callback"), "__self__", None)
    if _is_task(task) and _address(task) not in _lanes and task.get_coro() is not None:
        _lanes[_address(task)] = lane = _task_lane(task)
        if may_tell():
            tell_lane(lane)


def step_begins(frame: FrameType) -> None:
    """`Handle._run` begins: perhaps a task's next step."""
    task = getattr(getattr(frame.f_locals.get("self"), "_callback", None), "__self__", None)
    if _is_task(task) and not task.done():
        lane = _lanes.get(_address(task)) or _task_lane(task)
        _lanes[_address(task)] = lane
        _stepping[_address(frame)] = task  # the frame forgets it
        if (name := task.get_name()) != lane.entry[1]:  # given after it was made
            lane.entry = (lane.entry[0], name, *lane.entry[2:])
            if lane.told:
                tell("renamed", lane.number, name)
        _turn(lane)
        if Lane.quiet < EAGER and may_tell():
            tell_turn(lane)


def step_ends(frame: FrameType) -> None:
    """`Handle._run` ends: the task is done, or waits."""
    task = _stepping.pop(_address(frame), None)
    if task is None or (lane := _lanes.get(_address(task))) is None:
        return
    if task.done():
        del _lanes[_address(task)]
        _give_back(lane, "done")
    else:
        _give_back(lane, "yield", *_what_task_awaits(task))


def tired() -> bool:
    """Whether there was nothing to tell of so many turns that nobody listens any more."""
    return Lane.quiet >= TIRED


def let_go(lane: Lane) -> None:
    """Nobody will tell of the end of its turn. If it is one of many short ones, that is now."""
    if lane.in_turn and monotonic() - lane.began < WORTH_TELLING:
        tell("yield", lane.number, "", None, None)
        lane.in_turn = False


def again() -> None:
    """Listen to turns again for a moment."""
    Lane.quiet = min(Lane.quiet, TIRED - 200)


def forked() -> None:
    """In a forked child: its generators are copies, and lanes of its own."""
    _lanes.clear()
    _stepping.clear()


def _turn(lane: Lane) -> None:
    now = monotonic()
    if lane.left and now - lane.left[0] >= WORTH_TELLING:  # so it did wait
        Lane.quiet = 0
        tell_turn(lane)
        tell("yield", lane.number, *lane.left[1:], at=lane.left[0])
    lane.began, lane.in_turn, lane.left = now, False, ()
    Lane.quiet += 1
    active.setdefault(get_ident(), []).append(lane)


def _give_back(lane: Lane, kind: str, *details: object) -> None:
    lanes = active.get(get_ident(), [])
    lane.yielded |= kind == "yield"
    if lane in lanes:
        del lanes[lanes.index(lane) :]
        now = monotonic()
        if now - lane.began >= WORTH_TELLING:
            Lane.quiet = 0
            if not lane.in_turn:
                tell_turn(lane)
        if lane.in_turn:
            tell(kind, lane.number, *details, at=now)
            lane.in_turn = False
            return
        if kind == "yield" and details[0]:
            lane.left = (now, *details)
    if lane.told and kind == "done":
        tell(kind, lane.number)


def _top() -> int:
    lanes = active.get(get_ident())
    return lanes[-1].number if lanes else 0


def _delegates(driver: FrameType) -> bool:
    """Whether `driver` is in the middle of an `await` or a `yield from`."""
    if not driver.f_code.co_flags & SUSPENDING:
        return False
    if not _sends:
        from opcode import opmap

        _sends.update(opmap[name] for name in ("SEND", "YIELD_FROM") if name in opmap)
    instructions, at = driver.f_code.co_code, driver.f_lasti
    while at > 0 and instructions[at] == 0:  # back from an instruction's cache
        at -= 2
    return instructions[at] in _sends


def _argument(frame: FrameType | None) -> str:
    """The first plain argument of a call that has not got far: it tells lanes apart."""
    if frame is None:
        return ""
    code = frame.f_code
    for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        value = frame.f_locals.get(name)
        if type(value) in (str, int) and len(text := repr(value)) <= 20:
            return text
    return ""


def _is_task(thing: object) -> TypeGuard[Any]:
    return hasattr(thing, "get_coro") and hasattr(thing, "_fut_waiter")


def _task_lane(task: Any) -> Lane:
    coroutine = task.get_coro()
    code = getattr(coroutine, "cr_code", None)
    line = code.co_firstlineno if code is not None and is_own(code) else None
    argument = _argument(getattr(coroutine, "cr_frame", None))
    function = getattr(coroutine, "__name__", "")
    return Lane(("task", task.get_name(), function, line, argument, _top() and current()))


def _what_task_awaits(task: Any) -> tuple[str, int | None, int | None]:
    """Reason, lane of the task it waits for, line; no reason if it is only its turn to wait."""
    future = task._fut_waiter
    coroutine, line, reason = task.get_coro(), None, ""
    while hasattr(coroutine, "cr_await"):
        code, frame = coroutine.cr_code, coroutine.cr_frame
        if is_own(code):
            line, reason = (frame and frame.f_lineno), ""
        elif not reason:
            stem = code.co_filename.rpartition("/")[2].removesuffix(".py")
            reason = AWAITED.get((stem, code.co_name)) or AWAITED.get((stem, "*"), "")
            reason = CLEARER.get(code.co_qualname.partition(".")[0], reason)
        coroutine = coroutine.cr_await
    if future is None:
        return "", None, line
    other = _lanes.get(_address(future)) if _is_task(future) else None
    if not reason:
        joins = other is not None or type(future).__name__ == "_GatheringFuture"
        reason = "join" if joins else "future"
    return reason, other.number if other else None, line


def asyncio_codes() -> dict[str, CodeType]:
    """The two functions of asyncio through which every step of a task goes, by name."""
    handle = sys.modules["asyncio.events"].Handle
    return {"__init__": handle.__init__.__code__, "_run": handle._run.__code__}
