"""Tracing of calls with `sys.setprofile`, for Python 3.11.

The hook costs more than a call does. It is removed from a thread that makes many calls
without a wait, and set again for a while when that thread prints or starts a worker. It is
also removed during functions that only compute.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from time import monotonic
from types import BuiltinFunctionType, CodeType, FrameType, ModuleType

import _snippet_probe_computing as computing
import _snippet_probe_events as events
import _snippet_probe_lanes as lanes
import _snippet_probe_waits as waits

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PATIENCE = 10_000  # traced events without a wait, before a thread's hook is removed
AGAIN = 2_000  # the same after the hook was set again
PAUSE = 0.1  # seconds: shortest time before the hook is set again
TRIES = 100  # of `sys.setprofile`

YIELD_VALUE = 86  # opcode of Python 3.11, the only version that uses this module
_AT_START = 0  # the argument of RESUME at the start of a function
_hooks: set[Callable[..., None]] = set()
_left: dict[int, float] = {}
_steps: dict[str, CodeType] = {}
_computing: dict[int, CodeType] = {}  # by address
_address = object.__hash__


def begin() -> None:
    """Start tracing in this thread."""
    _listen(PATIENCE)


def own_code(code: CodeType) -> None:
    """Find the functions that only compute in code of the program about to run."""
    _computing.update((_address(part), part) for part in computing.computing(code))


def imported(module: ModuleType) -> None:
    """Trace the functions of an imported library module that run tasks and calls."""
    if module.__name__ == "asyncio.events":
        _steps.update(lanes.asyncio_codes())
    elif module.__name__ == "concurrent.futures.thread":
        _steps["run"] = module._WorkItem.run.__code__


def imported_class(lock: type[Any]) -> None:
    """Do nothing: the hook sees the calls of all lock classes.

    The module for later Python versions has a function of this name too.
    """


def again() -> None:
    """Set the hook again for a while if this thread lost it at least PAUSE ago."""
    since = _left.get(get_ident())
    if since is not None and monotonic() - since > PAUSE and sys.getprofile() is None:
        _listen(AGAIN)


def forked() -> None:
    """Restore the full budget of events in a forked child, which has one thread."""
    _left.clear()
    if sys.getprofile() in _hooks:
        _listen(PATIENCE)


def ended() -> None:
    """Forget the hook of this thread, which ends."""
    _left.pop(get_ident(), None)
    _hooks.discard(sys.getprofile())


def hush() -> Callable[..., None] | None:
    """Remove the hook of this thread and return it, for `resume`.

    None if the thread has no hook of the probe.
    """
    hook = sys.getprofile()
    if hook is None or hook not in _hooks:
        return None
    _set(None)
    return hook


def resume(hook: Callable[..., None]) -> None:
    """Set a removed hook again, unless the program has set its own meanwhile."""
    if sys.getprofile() is None:
        _set(hook)


def _set(hook: Callable[..., None] | None) -> None:
    """Set or remove the profile hook of this thread.

    Python raises RuntimeError while another thread does so and is in an audit hook, so this
    tries again, up to TRIES times in all.
    """
    for _ in range(TRIES):
        try:
            sys.setprofile(hook)
            return
        except RuntimeError:
            continue


class _Back:
    """An object that sets a hook again when the frame that refers to it ends."""

    def __init__(self, hook: Callable[..., None]) -> None:
        self.hook = hook

    def __del__(self) -> None:
        resume(self.hook)


def _stand_aside(hook: Callable[..., None], frame: FrameType) -> None:
    """Remove the hook of this thread until `frame`, of a computing function, ends."""
    if sys.gettrace() is None and computing.HARMLESS.isdisjoint(frame.f_globals):
        _set(None)
        # `f_trace` is the only attribute of a frame that can hold an object. It is called only
        # if `sys.settrace` is active.
        untyped: Any = frame
        untyped.f_trace = _Back(hook)


def _listen(patience: int) -> None:
    _hooks.discard(sys.getprofile())
    _left.pop(get_ident(), None)
    hook = _new_hook(patience)
    _hooks.add(hook)
    _set(hook)


def _new_hook(patience: int) -> Callable[..., None]:
    left = patience
    names, called, returned = waits.NAMES, waits.called, waits.returned

    def hook(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal left
        left -= 1
        if event == "c_call":
            if arg.__name__ in names:
                called(arg.__name__, arg.__self__, frame)
        elif event == "call":
            code = frame.f_code
            if code.co_flags & 0x2A0:
                left -= 4  # these take longer to trace
                _suspending_called(frame, code)
            elif code.co_name in _steps and code is _steps[code.co_name]:
                _STEPS[code.co_name](frame)
            elif _address(code) in _computing:
                left -= 20  # this takes much longer to trace
                _stand_aside(hook, frame)
        elif event == "return":
            code = frame.f_code
            if code.co_flags & 0x2A0:
                if lanes.watched(code):
                    yields = code.co_code[frame.f_lasti] == YIELD_VALUE
                    (lanes.paused if yields else lanes.ended)(frame)
            elif code.co_name == "_run" and code is _steps.get("_run"):
                lanes.step_ends(frame)
            elif code.co_name == "run" and code is _steps.get("run"):
                waits.returned("", always=True)
        elif arg.__name__ in names and returned(arg.__name__):
            left = patience
        if left < 0:
            _leave(hook)

    return hook


def _work_begins(frame: FrameType) -> None:
    """Handle a call by a thread of a pool, if it is a wait wrapped in a partial.

    The hook sees no call of the wrapped function itself.
    """
    function = frame.f_locals["self"].fn
    inner = waits.within(function)
    hidden = inner is not function and type(inner) is BuiltinFunctionType
    if hidden and inner.__name__ in waits.NAMES:
        waits.called(inner.__name__, inner.__self__, frame)


_STEPS = {"_run": lanes.step_begins, "__init__": lanes.scheduled, "run": _work_begins}


def _suspending_called(frame: FrameType, code: CodeType) -> None:
    if lanes.watched(code):
        starts = code.co_code[frame.f_lasti + 1] & 3 == _AT_START
        (lanes.started if starts else lanes.resumed)(frame)


def _leave(hook: Callable[..., None]) -> None:
    _set(None)
    _hooks.discard(hook)
    _left[get_ident()] = monotonic()
    for lane in events.active.pop(get_ident(), []):
        lanes.let_go(lane)
