"""Tracing of fibers: generators and coroutines that the program drives, and tasks.

A fiber is a worker inside a thread. A generator or coroutine is one if the program's own code
drives it; delegation (`await`, `yield from`) does not open another. A turn is the time in which
a fiber has control. A turn is eventful, and then reported, if the fiber prints, waits or runs
for 1 ms in it. Turns of tasks are reported also until EAGER_TURNS in a row were uneventful.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from time import monotonic
from types import CodeType, FrameType

from _snippet_probe.event_log import has_budget, record
from _snippet_probe.program_code import is_program_code

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any, TypeGuard

SUSPENDABLE = 0x2A0  # code flags: CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
COROUTINE = 0x80
EAGER_TURNS = 200  # in a row without an event, until those of tasks are not reported any more
MAX_UNEVENTFUL_TURNS = 3000  # in a row, until turns are not traced any more
RESUMED_TURNS = 200  # of these, that are traced after tracing has resumed
SHORTEST_TURN = 0.001  # seconds: shortest turn, or wait between two turns, that is eventful

# Wait reasons, by module and name of the outermost asyncio coroutine that a task awaits.
AWAIT_REASONS = {
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
# The same by class, where methods have the same names as those of Lock or Event.
AWAIT_REASONS_BY_CLASS = {
    "Semaphore": "semaphore",
    "BoundedSemaphore": "semaphore",
    "Condition": "condition",
    "Barrier": "barrier",
}

_address = object.__hash__


class Fiber:
    """A generator, coroutine or task.

    `details` has its kind, name, function, line, argument and the number of its parent fiber.
    `start` and `turn_start` are monotonic times: of the fiber and of its current turn.
    `is_turn_recorded` is True while its current turn is reported and not over.
    `unrecorded_wait` has the time and wait details at the end of its last turn, if that was
    not reported.
    """

    __slots__ = (
        *("number", "details", "start", "is_recorded", "has_yielded"),
        *("turn_start", "is_turn_recorded", "unrecorded_wait"),
    )
    last_number = 0
    uneventful_turns = 0  # in a row, of any fiber

    def __init__(self, details: tuple[object, ...]) -> None:
        Fiber.last_number += 1
        self.number = Fiber.last_number
        self.details = details
        self.start = self.turn_start = monotonic()
        self.is_recorded = self.is_turn_recorded = self.has_yielded = False
        self.unrecorded_wait: tuple[float, *tuple[object, ...]] | tuple[()] = ()


_fibers: dict[int, Fiber] = {}  # by the address of a frame or a task
_stepping_tasks: dict[int, Any] = {}  # by the address of the frame of their step
_delegating_opcodes: set[int] = set()

# Those that have control in each thread, innermost last. A fiber number of 0 stands for the
# thread itself.
running_fibers: dict[int, list[Fiber]] = {}


def current_fiber() -> int:
    """Return the number of the fiber that has control in this thread, 0 if none.

    The current turns of the thread's fibers are eventful from now on, and reported.
    """
    fibers = running_fibers.get(get_ident())
    if not fibers:
        return 0
    Fiber.uneventful_turns = 0
    for fiber in fibers:
        if not fiber.is_turn_recorded:
            _record_turn(fiber)
    return fibers[-1].number


def can_be_fiber(code: CodeType) -> bool:
    """Return True if `code` may be that of a fiber."""
    if not code.co_flags & SUSPENDABLE or code.co_name == "<genexpr>":
        return False
    return is_program_code(code)


def start_fiber(frame: FrameType) -> None:
    """Handle the start of the first turn of a generator or coroutine."""
    _fibers.pop(_address(frame), None)
    driver = frame.f_back
    if driver is not None and is_program_code(driver.f_code) and not _is_delegating(driver):
        code = frame.f_code
        kind = "coroutine" if code.co_flags & COROUTINE else "generator"
        argument, parent = _first_argument(frame), _innermost_fiber()
        details = (kind, "", code.co_name, code.co_firstlineno, argument, parent)
        _begin_turn(_fibers.setdefault(_address(frame), Fiber(details)))


def resume_fiber(frame: FrameType) -> None:
    """Handle the start of another turn of a generator or coroutine."""
    if (fiber := _fibers.get(_address(frame))) is not None:
        _begin_turn(fiber)


def suspend_fiber(frame: FrameType) -> None:
    """Handle the end of a turn of a generator or coroutine: it yields."""
    if (fiber := _fibers.get(_address(frame))) is not None:
        _end_turn(fiber, "yield", "", None, None)


def end_fiber(frame: FrameType) -> None:
    """Handle the end of a generator or coroutine."""
    if (fiber := _fibers.pop(_address(frame), None)) is not None:
        _end_turn(fiber, "done")


def register_task(frame: FrameType) -> None:
    """Handle the call of asyncio's `Handle.__init__`, which may schedule a new task."""
    task = getattr(frame.f_locals.get("callback"), "__self__", None)
    if _is_task(task) and _address(task) not in _fibers and task.get_coro() is not None:
        _fibers[_address(task)] = fiber = _new_task_fiber(task)
        if has_budget():
            _record_fiber(fiber)


def begin_step(frame: FrameType) -> None:
    """Handle the call of asyncio's `Handle._run`, which may run a step of a task."""
    task = getattr(getattr(frame.f_locals.get("self"), "_callback", None), "__self__", None)
    if _is_task(task) and not task.done():
        fiber = _fibers.get(_address(task)) or _new_task_fiber(task)
        _fibers[_address(task)] = fiber
        _stepping_tasks[_address(frame)] = task  # `_run` clears its `self` before it returns
        if (name := task.get_name()) != fiber.details[1]:  # renamed after its creation
            fiber.details = (fiber.details[0], name, *fiber.details[2:])
            if fiber.is_recorded:
                record("renamed", fiber.number, name)
        _begin_turn(fiber)
        if Fiber.uneventful_turns < EAGER_TURNS and has_budget():
            _record_turn(fiber)


def end_step(frame: FrameType) -> None:
    """Handle the return from asyncio's `Handle._run`: the task is done, or waits."""
    task = _stepping_tasks.pop(_address(frame), None)
    if task is None or (fiber := _fibers.get(_address(task))) is None:
        return
    if task.done():
        del _fibers[_address(task)]
        _end_turn(fiber, "done")
    else:
        _end_turn(fiber, "yield", *_describe_await(task))


def is_uneventful() -> bool:
    """Return True after so many uneventful turns in a row that tracing them must stop."""
    return Fiber.uneventful_turns >= MAX_UNEVENTFUL_TURNS


def close_turn(fiber: Fiber) -> None:
    """Close the current turn of a fiber whose end will not be traced.

    This is done only if the turn has been short so far; a longer one stays open.
    """
    if fiber.is_turn_recorded and monotonic() - fiber.turn_start < SHORTEST_TURN:
        record("yield", fiber.number, "", None, None)
        fiber.is_turn_recorded = False


def resume_tracing() -> None:
    """Resume the tracing of turns, for RESUMED_TURNS uneventful ones."""
    traced = MAX_UNEVENTFUL_TURNS - RESUMED_TURNS
    Fiber.uneventful_turns = min(Fiber.uneventful_turns, traced)


def reset_after_fork() -> None:
    """Forget all fibers in a forked child, whose generators and tasks are copies."""
    running_fibers.clear()
    _fibers.clear()
    _stepping_tasks.clear()


def _record_fiber(fiber: Fiber) -> None:
    fiber.is_recorded = True
    record("fiber", fiber.number, *fiber.details, fiber.has_yielded, at=fiber.start)


def _record_turn(fiber: Fiber) -> None:
    """Report that a fiber got control; the first time, also report the fiber."""
    if not fiber.is_recorded:
        _record_fiber(fiber)
    fiber.is_turn_recorded = True
    record("turn", fiber.number, at=fiber.turn_start)


def _begin_turn(fiber: Fiber) -> None:
    now = monotonic()
    wait = fiber.unrecorded_wait
    if wait and now - wait[0] >= SHORTEST_TURN:
        Fiber.uneventful_turns = 0
        _record_turn(fiber)
        record("yield", fiber.number, *wait[1:], at=wait[0])
    fiber.turn_start, fiber.is_turn_recorded, fiber.unrecorded_wait = now, False, ()
    Fiber.uneventful_turns += 1
    running_fibers.setdefault(get_ident(), []).append(fiber)


def _end_turn(fiber: Fiber, kind: str, *details: object) -> None:
    fibers = running_fibers.get(get_ident(), [])
    fiber.has_yielded |= kind == "yield"
    if fiber in fibers:
        del fibers[fibers.index(fiber) :]
        now = monotonic()
        if now - fiber.turn_start >= SHORTEST_TURN:
            Fiber.uneventful_turns = 0
            if not fiber.is_turn_recorded:
                _record_turn(fiber)
        if fiber.is_turn_recorded:
            record(kind, fiber.number, *details, at=now)
            fiber.is_turn_recorded = False
            return
        if kind == "yield" and details[0]:
            fiber.unrecorded_wait = (now, *details)
    if fiber.is_recorded and kind == "done":
        record(kind, fiber.number)


def _innermost_fiber() -> int:
    fibers = running_fibers.get(get_ident())
    return fibers[-1].number if fibers else 0


def _is_delegating(driver: FrameType) -> bool:
    """Return True if `driver` is executing an `await` or a `yield from`."""
    if not driver.f_code.co_flags & SUSPENDABLE:
        return False
    if not _delegating_opcodes:
        from opcode import opmap

        _delegating_opcodes.update(opmap[name] for name in ("SEND", "YIELD_FROM") if name in opmap)
    instructions, at = driver.f_code.co_code, driver.f_lasti
    while at > 0 and instructions[at] == 0:  # skip inline cache entries
        at -= 2
    return instructions[at] in _delegating_opcodes


def _first_argument(frame: FrameType | None) -> str:
    """Return the first short str or int argument as text, to distinguish fibers.

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


def _is_task(candidate: object) -> TypeGuard[Any]:
    return hasattr(candidate, "get_coro") and hasattr(candidate, "_fut_waiter")


def _new_task_fiber(task: Any) -> Fiber:
    coroutine = task.get_coro()
    code = getattr(coroutine, "cr_code", None)
    line = code.co_firstlineno if code is not None and is_program_code(code) else None
    argument = _first_argument(getattr(coroutine, "cr_frame", None))
    function = getattr(coroutine, "__name__", "")
    parent = _innermost_fiber() and current_fiber()
    return Fiber(("task", task.get_name(), function, line, argument, parent))


def _describe_await(task: Any) -> tuple[str, int | None, int | None]:
    """Return the reason of a task's wait, the fiber it waits for, and the line.

    The reason is "" if the task has only given up its turn. The fiber's number is None if the
    task does not wait for another task, the line None if unknown.
    """
    future = task._fut_waiter
    coroutine, line, reason = task.get_coro(), None, ""
    while hasattr(coroutine, "cr_await"):
        code, frame = coroutine.cr_code, coroutine.cr_frame
        if is_program_code(code):
            line, reason = (frame and frame.f_lineno), ""
        elif not reason:
            stem = code.co_filename.rpartition("/")[2].removesuffix(".py")
            reason = AWAIT_REASONS.get((stem, code.co_name)) or AWAIT_REASONS.get((stem, "*"), "")
            reason = AWAIT_REASONS_BY_CLASS.get(code.co_qualname.partition(".")[0], reason)
        coroutine = coroutine.cr_await
    if future is None:
        return "", None, line
    other = _fibers.get(_address(future)) if _is_task(future) else None
    if not reason:
        joins = other is not None or type(future).__name__ == "_GatheringFuture"
        reason = "join" if joins else "future"
    return reason, other.number if other else None, line


def find_step_code() -> dict[str, CodeType]:
    """Return the code of the asyncio functions that schedule and run a task's steps.

    These are `Handle.__init__` and `Handle._run`, by name.
    """
    handle = sys.modules["asyncio.events"].Handle
    return {"__init__": handle.__init__.__code__, "_run": handle._run.__code__}
