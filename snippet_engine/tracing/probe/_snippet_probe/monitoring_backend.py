"""Tracing of calls with `sys.monitoring`, for Python 3.12 and later.

Only the program's code and the library modules that wait are traced. A call site that is
executed often without a wait is disabled, so that computing programs run at full speed.
"""

from __future__ import annotations

import sys
from time import monotonic
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    ModuleType,
)

from _snippet_probe import blocking_calls, coroutines

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

assert sys.version_info >= (3, 12)

CALL_BUDGET = 4_000  # traced calls of functions that never wait, before call sites are disabled
RESUMED_BUDGET = 500  # the same after tracing has resumed
NONBLOCKING_BUDGET = 10_000  # traced calls of functions that can wait but did not
SHORTEST_PAUSE = 0.1  # seconds before tracing resumes

monitoring = sys.monitoring
_events = monitoring.events
TURN_EVENTS = _events.PY_START | _events.PY_RESUME | _events.PY_YIELD | _events.PY_RETURN

_tool = -1
_budget_left = CALL_BUDGET
_nonblocking_left = NONBLOCKING_BUDGET
_disabled_since = 0.0
_step_code: dict[str, CodeType] = {}


def start() -> None:
    """Start tracing in all threads of this process.

    Without effect if other tools use all the ids of `sys.monitoring` that are tried.
    """
    global _tool
    for tool in (4, 3, 5):  # 3 and 4 have no predefined use; 5 is for optimizers
        if monitoring.get_tool(tool) is None:
            monitoring.use_tool_id(tool, "snippet probe")
            _tool = tool
            break
    else:
        return
    for event, callback in (
        (_events.CALL, _handle_call),
        (_events.C_RETURN, _handle_return),
        (_events.C_RAISE, _handle_return),
        (_events.PY_START, _handle_start),
        (_events.PY_RESUME, _handle_resume),
        (_events.PY_YIELD, _handle_yield),
        (_events.PY_RETURN, _handle_end),
        (_events.PY_THROW, _handle_throw),
        (_events.PY_UNWIND, _handle_unwind),
    ):
        monitoring.register_callback(_tool, event, callback)
    monitoring.set_events(_tool, _events.PY_THROW | _events.PY_UNWIND)


def trace_code(code: CodeType) -> None:
    """Trace code of the program that is about to run, and all functions in it."""
    if _tool >= 0:
        turns = TURN_EVENTS if coroutines.can_be_fiber(code) else 0
        monitoring.set_local_events(_tool, code, _events.CALL | turns)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                trace_code(constant)


def trace_module(module: ModuleType) -> None:
    """Trace the waits in a module of the standard library."""
    if _tool < 0:
        return
    for code in _iter_code(module):
        monitoring.set_local_events(_tool, code, _events.CALL)
    if module.__name__ == "asyncio.events":
        _step_code.update(coroutines.find_step_code())
        for code in _step_code.values():
            monitoring.set_local_events(_tool, code, _events.PY_START | _events.PY_RETURN)


def trace_lock_class(lock_class: type[Any]) -> None:
    """Trace the calls in `__enter__` of one of the probe's lock classes."""
    if _tool >= 0:
        monitoring.set_local_events(_tool, lock_class.__enter__.__code__, _events.CALL)


def resume_tracing() -> None:
    """Resume tracing for a while if call sites were disabled at least SHORTEST_PAUSE ago."""
    global _budget_left, _nonblocking_left, _disabled_since
    if _disabled_since and monotonic() - _disabled_since > SHORTEST_PAUSE:
        _budget_left = _nonblocking_left = RESUMED_BUDGET
        _disabled_since = 0.0
        coroutines.resume_tracing()
        monitoring.restart_events()


def reset_after_fork() -> None:
    """Restore the full budget of calls in a forked child."""
    global _budget_left, _nonblocking_left, _disabled_since
    _budget_left, _nonblocking_left = CALL_BUDGET, NONBLOCKING_BUDGET
    _disabled_since = 0.0
    if _tool >= 0:
        monitoring.restart_events()


def end_thread() -> None:
    """Do nothing: a thread that ends has no state here.

    The module for Python 3.11 has a function of this name too.
    """


def _handle_call(code: CodeType, offset: int, function: Any, first: object) -> object:
    global _budget_left, _nonblocking_left
    kind = type(function)
    if kind is not FunctionType and kind.__name__ == "partial":
        function = blocking_calls.unwrap_partial(function)
        kind = type(function)
    if (kind is BuiltinFunctionType or kind is MethodDescriptorType) and (
        function.__name__ in blocking_calls.TRACED_NAMES
    ):
        owner = function.__self__ if kind is BuiltinFunctionType else first
        if not blocking_calls.begin_call(function.__name__, owner, sys._getframe(1)):
            _nonblocking_left -= 1
            if _nonblocking_left < 0:
                return _disable_location()
        return None
    _budget_left -= 1
    return _disable_location() if _budget_left < 0 else None


def _disable_location() -> object:
    """Return the value that disables the current location until `resume_tracing` is called."""
    global _disabled_since
    _disabled_since = _disabled_since or monotonic()
    return monitoring.DISABLE


def _disable_if_uneventful() -> object:
    """Disable the current location as `_disable_location` does, if turns are uneventful."""
    return _disable_location() if coroutines.is_uneventful() else None


def _handle_return(code: CodeType, offset: int, function: Any, first: object) -> None:
    if blocking_calls.open_waits:
        name = getattr(blocking_calls.unwrap_partial(function), "__name__", None)
        if name in blocking_calls.TRACED_NAMES:
            blocking_calls.end_call(name)


def _handle_start(code: CodeType, offset: int) -> object:
    frame = sys._getframe(1)
    if code is _step_code.get("_run"):
        coroutines.begin_step(frame)
    elif code is _step_code.get("__init__"):
        coroutines.register_task(frame)
    else:
        coroutines.start_fiber(frame)
    return _disable_if_uneventful()


def _handle_resume(code: CodeType, offset: int) -> object:
    coroutines.resume_fiber(sys._getframe(1))
    return _disable_if_uneventful()


def _handle_yield(code: CodeType, offset: int, value: object) -> object:
    coroutines.suspend_fiber(sys._getframe(1))
    return _disable_if_uneventful()


def _handle_end(code: CodeType, offset: int, value: object) -> object:
    if code is _step_code.get("_run"):
        coroutines.end_step(sys._getframe(1))
        return _disable_if_uneventful()
    if code is not _step_code.get("__init__"):
        coroutines.end_fiber(sys._getframe(1))
    return None


def _handle_throw(code: CodeType, offset: int, error: BaseException) -> None:
    if coroutines.can_be_fiber(code):
        coroutines.resume_fiber(sys._getframe(1))


def _handle_unwind(code: CodeType, offset: int, error: BaseException) -> None:
    if code is _step_code.get("_run"):
        coroutines.end_step(sys._getframe(1))
    elif coroutines.can_be_fiber(code):
        coroutines.end_fiber(sys._getframe(1))


def _iter_code(module: ModuleType) -> Iterator[CodeType]:
    """Yield the code of a module's functions and of the methods of its classes."""
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        members = [value, *vars(value).values()] if isinstance(value, type) else [value]
        for member in members:
            function = getattr(member, "__func__", getattr(member, "__wrapped__", member))
            if isinstance(function, FunctionType):
                yield function.__code__
