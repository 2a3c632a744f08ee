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

import _snippet_probe_lanes as lanes
import _snippet_probe_waits as waits

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

assert sys.version_info >= (3, 12)

PATIENCE = 4_000  # traced calls of functions that never wait, before call sites are disabled
AGAIN = 500  # the same after tracing has resumed
PAUSE = 0.1  # seconds: shortest time before tracing resumes
IDLE = 10_000  # traced calls of functions that can wait but did not

monitoring = sys.monitoring
_events = monitoring.events
TURNS = _events.PY_START | _events.PY_RESUME | _events.PY_YIELD | _events.PY_RETURN

_tool = -1
_left = PATIENCE
_idle = IDLE
_since = 0.0
_steps: dict[str, CodeType] = {}


def begin() -> None:
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
        (_events.CALL, _called),
        (_events.C_RETURN, _returned),
        (_events.C_RAISE, _returned),
        (_events.PY_START, _started),
        (_events.PY_RESUME, _resumed),
        (_events.PY_YIELD, _paused),
        (_events.PY_RETURN, _ended),
        (_events.PY_THROW, _thrown),
        (_events.PY_UNWIND, _unwound),
    ):
        monitoring.register_callback(_tool, event, callback)
    monitoring.set_events(_tool, _events.PY_THROW | _events.PY_UNWIND)


def own_code(code: CodeType) -> None:
    """Trace code of the program that is about to run, and all functions in it."""
    if _tool >= 0:
        turns = TURNS if lanes.watched(code) else 0
        monitoring.set_local_events(_tool, code, _events.CALL | turns)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                own_code(constant)


def imported(module: ModuleType) -> None:
    """Trace the waits in a module of the standard library."""
    if _tool < 0:
        return
    for code in _codes(module):
        monitoring.set_local_events(_tool, code, _events.CALL)
    if module.__name__ == "asyncio.events":
        _steps.update(lanes.asyncio_codes())
        for code in _steps.values():
            monitoring.set_local_events(_tool, code, _events.PY_START | _events.PY_RETURN)


def imported_class(lock: type[Any]) -> None:
    """Trace the calls in `__enter__` of one of the probe's lock classes."""
    if _tool >= 0:
        monitoring.set_local_events(_tool, lock.__enter__.__code__, _events.CALL)


def again() -> None:
    """Resume tracing for a while if call sites were disabled at least PAUSE ago."""
    global _left, _idle, _since
    if _since and monotonic() - _since > PAUSE:
        _left = _idle = AGAIN
        _since = 0.0
        lanes.again()
        monitoring.restart_events()


def forked() -> None:
    """Restore the full budget of calls in a forked child."""
    global _left, _idle, _since
    _left, _idle, _since = PATIENCE, IDLE, 0.0
    if _tool >= 0:
        monitoring.restart_events()


def ended() -> None:
    """Do nothing: a thread that ends has no state here.

    The module for Python 3.11 has a function of this name too.
    """


def _called(code: CodeType, offset: int, function: Any, first: object) -> object:
    global _left, _idle
    kind = type(function)
    if kind is not FunctionType and kind.__name__ == "partial":
        function = waits.within(function)
        kind = type(function)
    if (kind is BuiltinFunctionType or kind is MethodDescriptorType) and (
        function.__name__ in waits.NAMES
    ):
        owner = function.__self__ if kind is BuiltinFunctionType else first
        if not waits.called(function.__name__, owner, sys._getframe(1)):
            _idle -= 1
            if _idle < 0:
                return _enough()
        return None
    _left -= 1
    return _enough() if _left < 0 else None


def _enough() -> object:
    """Return the value that disables the current location until `again` is called."""
    global _since
    _since = _since or monotonic()
    return monitoring.DISABLE


def _if_tired() -> object:
    """Return the same value as `_enough` if too many turns were uneventful, else None."""
    return _enough() if lanes.tired() else None


def _returned(code: CodeType, offset: int, function: Any, first: object) -> None:
    if waits._waiting:
        name = getattr(waits.within(function), "__name__", None)
        if name in waits.NAMES:
            waits.returned(name)


def _started(code: CodeType, offset: int) -> object:
    frame = sys._getframe(1)
    if code is _steps.get("_run"):
        lanes.step_begins(frame)
    elif code is _steps.get("__init__"):
        lanes.scheduled(frame)
    else:
        lanes.started(frame)
    return _if_tired()


def _resumed(code: CodeType, offset: int) -> object:
    lanes.resumed(sys._getframe(1))
    return _if_tired()


def _paused(code: CodeType, offset: int, value: object) -> object:
    lanes.paused(sys._getframe(1))
    return _if_tired()


def _ended(code: CodeType, offset: int, value: object) -> object:
    if code is _steps.get("_run"):
        lanes.step_ends(sys._getframe(1))
        return _if_tired()
    if code is not _steps.get("__init__"):
        lanes.ended(sys._getframe(1))
    return None


def _thrown(code: CodeType, offset: int, error: BaseException) -> None:
    if lanes.watched(code):
        lanes.resumed(sys._getframe(1))


def _unwound(code: CodeType, offset: int, error: BaseException) -> None:
    if code is _steps.get("_run"):
        lanes.step_ends(sys._getframe(1))
    elif lanes.watched(code):
        lanes.ended(sys._getframe(1))


def _codes(module: ModuleType) -> Iterator[CodeType]:
    """Yield the code of a module's functions and of the methods of its classes."""
    for thing in list(vars(module).values()):
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        for function in [thing, *vars(thing).values()] if isinstance(thing, type) else [thing]:
            inner = getattr(function, "__func__", getattr(function, "__wrapped__", function))
            if isinstance(inner, FunctionType):
                yield inner.__code__
