"""Python 3.12 and later: calls are told by `sys.monitoring`.

Only in code of the program and of the library's waiting modules, and a call that
turns out not to wait is not listened to for long: a computing program runs free.
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

PATIENCE = 4_000  # calls of what never waits
AGAIN = 500
PAUSE = 0.1  # seconds
IDLE = 10_000  # calls of what could have waited

monitoring = sys.monitoring
_events = monitoring.events
TURNS = _events.PY_START | _events.PY_RESUME | _events.PY_YIELD | _events.PY_RETURN

_tool = -1
_left = PATIENCE
_idle = IDLE
_since = 0.0
_steps: dict[str, CodeType] = {}


def begin() -> None:
    """Listen in all threads of this process."""
    global _tool
    for tool in (4, 3, 5):  # those without a meaning of their own
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
    """Listen to code of the program, which is about to run, and all that it defines."""
    if _tool >= 0:
        turns = TURNS if lanes.watched(code) else 0
        monitoring.set_local_events(_tool, code, _events.CALL | turns)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                own_code(constant)


def imported(module: ModuleType) -> None:
    """Listen to the waits of a module of the library."""
    if _tool < 0:
        return
    for code in _codes(module):
        monitoring.set_local_events(_tool, code, _events.CALL)
    if module.__name__ == "asyncio.events":
        _steps.update(lanes.asyncio_codes())
        for code in _steps.values():
            monitoring.set_local_events(_tool, code, _events.PY_START | _events.PY_RETURN)


def imported_class(lock: type[Any]) -> None:
    """Listen to what the probe's own locks call."""
    if _tool >= 0:
        monitoring.set_local_events(_tool, lock.__enter__.__code__, _events.CALL)


def again() -> None:
    """Listen again for a moment, where there was too much to tell."""
    global _left, _idle, _since
    if _since and monotonic() - _since > PAUSE:
        _left = _idle = AGAIN
        _since = 0.0
        lanes.again()
        monitoring.restart_events()


def forked() -> None:
    """In a forked child: all its patience."""
    global _left, _idle, _since
    _left, _idle, _since = PATIENCE, IDLE, 0.0
    if _tool >= 0:
        monitoring.restart_events()


def ended() -> None:
    """This thread ends: nothing to do."""


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
    """Not to be called again from the same place, until `again`."""
    global _since
    _since = _since or monotonic()
    return monitoring.DISABLE


def _if_tired() -> object:
    """The same, where too many turns had nothing to tell."""
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
    """The code of a module's functions and of its classes' methods."""
    for thing in list(vars(module).values()):
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        for function in [thing, *vars(thing).values()] if isinstance(thing, type) else [thing]:
            inner = getattr(function, "__func__", getattr(function, "__wrapped__", function))
            if isinstance(inner, FunctionType):
                yield inner.__code__
