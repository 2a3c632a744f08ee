"""Tracing of lanes: generators and coroutines that the program drives, and tasks.

Each is a worker inside a thread. A generator or coroutine is a lane if the program's own code
drives it; delegation (`await`, `yield from`) does not open another lane. A turn is the time
in which a lane has control. It is reported only if it prints, waits or takes 1 ms; that of a
task also until EAGER turns in a row have done none of these.
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

SUSPENDING = 0x2A0  # code flags: CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
COROUTINE = 0x80
EAGER = 200  # uneventful turns in a row until short turns of tasks are not reported any more
TIRED = 3000  # uneventful turns in a row until turns are not traced any more
WORTH_TELLING = 0.001  # seconds

# Wait reasons, by module and name of the outermost asyncio coroutine that a task awaits.
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
CLEARER = {  # by class: their methods have the same names as those of Lock or Event
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
    """Return True if `code` may be that of a lane."""
    return bool(code.co_flags & SUSPENDING) and code.co_name != "<genexpr>" and is_own(code)


def started(frame: FrameType) -> None:
    """Handle the start of the first turn of a generator or coroutine."""
    _lanes.pop(_address(frame), None)
    driver = frame.f_back
    if driver is not None and is_own(driver.f_code) and not _delegates(driver):
        code = frame.f_code
        kind = "coroutine" if code.co_flags & COROUTINE else "generator"
        entry = (kind, "", code.co_name, code.co_firstlineno, _argument(frame), _top())
        _turn(_lanes.setdefault(_address(frame), Lane(entry)))


def resumed(frame: FrameType) -> None:
    """Handle the start of another turn of a generator or coroutine."""
    if (lane := _lanes.get(_address(frame))) is not None:
        _turn(lane)


def paused(frame: FrameType) -> None:
    """Handle the end of a turn of a generator or coroutine: it yields."""
    if (lane := _lanes.get(_address(frame))) is not None:
        _give_back(lane, "yield", "", None, None)


def ended(frame: FrameType) -> None:
    """Handle the end of a generator or coroutine."""
    if (lane := _lanes.pop(_address(frame), None)) is not None:
        _give_back(lane, "done")


def scheduled(frame: FrameType) -> None:
    """Handle the call of asyncio's `Handle.__init__`, which may schedule a new task."""
    task = getattr(frame.f_locals.get("callback"), "__self__", None)
    if _is_task(task) and _address(task) not in _lanes and task.get_coro() is not None:
        _lanes[_address(task)] = lane = _task_lane(task)
        if may_tell():
            tell_lane(lane)


def step_begins(frame: FrameType) -> None:
    """Handle the call of asyncio's `Handle._run`, which may run a step of a task."""
    task = getattr(getattr(frame.f_locals.get("self"), "_callback", None), "__self__", None)
    if _is_task(task) and not task.done():
        lane = _lanes.get(_address(task)) or _task_lane(task)
        _lanes[_address(task)] = lane
        _stepping[_address(frame)] = task  # `_run` clears its `self` before it returns
        if (name := task.get_name()) != lane.entry[1]:  # renamed after its creation
            lane.entry = (lane.entry[0], name, *lane.entry[2:])
            if lane.told:
                tell("renamed", lane.number, name)
        _turn(lane)
        if Lane.quiet < EAGER and may_tell():
            tell_turn(lane)


def step_ends(frame: FrameType) -> None:
    """Handle the return from asyncio's `Handle._run`: the task is done, or waits."""
    task = _stepping.pop(_address(frame), None)
    if task is None or (lane := _lanes.get(_address(task))) is None:
        return
    if task.done():
        del _lanes[_address(task)]
        _give_back(lane, "done")
    else:
        _give_back(lane, "yield", *_what_task_awaits(task))


def tired() -> bool:
    """Return True after TIRED uneventful turns in a row: tracing turns must stop."""
    return Lane.quiet >= TIRED


def let_go(lane: Lane) -> None:
    """Close the current turn of a lane whose end will not be traced.

    This is done only if the turn has been short so far; a longer one stays open.
    """
    if lane.in_turn and monotonic() - lane.began < WORTH_TELLING:
        tell("yield", lane.number, "", None, None)
        lane.in_turn = False


def again() -> None:
    """Resume the tracing of turns, for 200 uneventful turns."""
    Lane.quiet = min(Lane.quiet, TIRED - 200)


def forked() -> None:
    """Forget all lanes in a forked child, whose generators and tasks are copies."""
    _lanes.clear()
    _stepping.clear()


def _turn(lane: Lane) -> None:
    now = monotonic()
    if lane.left and now - lane.left[0] >= WORTH_TELLING:  # the wait in between was long
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
    """Return True if `driver` is executing an `await` or a `yield from`."""
    if not driver.f_code.co_flags & SUSPENDING:
        return False
    if not _sends:
        from opcode import opmap

        _sends.update(opmap[name] for name in ("SEND", "YIELD_FROM") if name in opmap)
    instructions, at = driver.f_code.co_code, driver.f_lasti
    while at > 0 and instructions[at] == 0:  # skip inline cache entries
        at -= 2
    return instructions[at] in _sends


def _argument(frame: FrameType | None) -> str:
    """Return the first short str or int argument as text, to distinguish lanes.

    It is "" if there is none. `frame` is of a call that has only just begun, so that its
    arguments are not yet rebound.
    """
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
    """Return the reason of a task's wait, the lane it waits for, and the line.

    The reason is "" if the task has only given up its turn. The lane's number is None if the
    task does not wait for another task, the line None if unknown.
    """
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
    """Return the code of the asyncio functions that schedule and run a task's steps.

    These are `Handle.__init__` and `Handle._run`, by name.
    """
    handle = sys.modules["asyncio.events"].Handle
    return {"__init__": handle.__init__.__code__, "_run": handle._run.__code__}
