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

from _snippet_probe import blocking_calls, coroutines
from _snippet_probe.compute_only_functions import NONBLOCKING_BUILTINS, find_compute_only
from _snippet_probe.coroutines import SUSPENDABLE

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CALL_BUDGET = 10_000  # traced events without a wait, before a thread's hook is removed
RESUMED_BUDGET = 2_000  # the same after the hook was set again
SHORTEST_PAUSE = 0.1  # seconds before the hook is set again
MAX_ATTEMPTS = 100  # to set a hook

_YIELD_VALUE = 86  # opcode of Python 3.11, the only version that uses this module
_RESUME_AT_START = 0  # the argument of RESUME at the start of a function
_hooks: set[Callable[..., None]] = set()
_removed_at: dict[int, float] = {}  # by thread: when it lost its hook
_step_code: dict[str, CodeType] = {}
_compute_only_code: dict[int, CodeType] = {}  # by address
_address = object.__hash__


def start() -> None:
    """Start tracing in this thread."""
    _install_hook(CALL_BUDGET)


def trace_code(code: CodeType) -> None:
    """Find the functions that only compute in code of the program about to run."""
    for function in find_compute_only(code):
        _compute_only_code[_address(function)] = function


def trace_module(module: ModuleType) -> None:
    """Trace the functions of an imported library module that run tasks and calls."""
    if module.__name__ == "asyncio.events":
        _step_code.update(coroutines.find_step_code())
    elif module.__name__ == "concurrent.futures.thread":
        _step_code["run"] = module._WorkItem.run.__code__


def trace_lock_class(lock_class: type[Any]) -> None:
    """Do nothing: the hook sees the calls of all lock classes.

    The module for later Python versions has a function of this name too.
    """


def resume_tracing() -> None:
    """Set the hook again for a while if this thread lost it at least SHORTEST_PAUSE ago."""
    removed_at = _removed_at.get(get_ident())
    if removed_at is None or sys.getprofile() is not None:
        return
    if monotonic() - removed_at > SHORTEST_PAUSE:
        _install_hook(RESUMED_BUDGET)


def reset_after_fork() -> None:
    """Restore the full budget of events in a forked child, which has one thread."""
    _removed_at.clear()
    if sys.getprofile() in _hooks:
        _install_hook(CALL_BUDGET)


def end_thread() -> None:
    """Forget the hook of this thread, which ends."""
    _removed_at.pop(get_ident(), None)
    _hooks.discard(sys.getprofile())


def pause_tracing() -> Callable[..., None] | None:
    """Remove the hook of this thread and return it, for `restore_hook`.

    None if the thread has no hook of the probe.
    """
    hook = sys.getprofile()
    if hook is None or hook not in _hooks:
        return None
    _set_hook(None)
    return hook


def restore_hook(hook: Callable[..., None]) -> None:
    """Set a removed hook again, unless the program has set its own meanwhile."""
    if sys.getprofile() is None:
        _set_hook(hook)


def _set_hook(hook: Callable[..., None] | None) -> None:
    """Set or remove the profile hook of this thread.

    Python raises RuntimeError while another thread does so and is in an audit hook, so this
    tries again, up to MAX_ATTEMPTS times in all.
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            sys.setprofile(hook)
            return
        except RuntimeError:
            continue


class _HookRestorer:
    """An object that sets a hook again when the frame that refers to it ends."""

    def __init__(self, hook: Callable[..., None]) -> None:
        self.hook = hook

    def __del__(self) -> None:
        restore_hook(self.hook)


def _pause_during(hook: Callable[..., None], frame: FrameType) -> None:
    """Remove the hook of this thread until `frame`, of a compute-only function, ends.

    The hook stays if the program has replaced one of the built-in functions.
    """
    if sys.gettrace() is None and NONBLOCKING_BUILTINS.isdisjoint(frame.f_globals):
        _set_hook(None)
        # `f_trace` is the only attribute of a frame that can hold an object. It is called only
        # if `sys.settrace` is active.
        untyped: Any = frame
        untyped.f_trace = _HookRestorer(hook)


def _install_hook(budget: int) -> None:
    _hooks.discard(sys.getprofile())
    _removed_at.pop(get_ident(), None)
    hook = _make_hook(budget)
    _hooks.add(hook)
    _set_hook(hook)


def _make_hook(budget: int) -> Callable[..., None]:
    left = budget
    # Local names: they are looked up at each call of the program.
    traced_names = blocking_calls.TRACED_NAMES
    begin_call, end_call = blocking_calls.begin_call, blocking_calls.end_call

    def hook(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal left
        left -= 1
        if event == "c_call":
            if arg.__name__ in traced_names:
                begin_call(arg.__name__, arg.__self__, frame)
        elif event == "call":
            code = frame.f_code
            if code.co_flags & SUSPENDABLE:
                left -= 4  # these take longer to trace
                _enter_fiber(frame, code)
            elif code.co_name in _step_code and code is _step_code[code.co_name]:
                _STEP_HANDLERS[code.co_name](frame)
            elif _address(code) in _compute_only_code:
                left -= 20  # this takes much longer to trace
                _pause_during(hook, frame)
        elif event == "return":
            code = frame.f_code
            if code.co_flags & SUSPENDABLE:
                if coroutines.can_be_fiber(code):
                    yields = code.co_code[frame.f_lasti] == _YIELD_VALUE
                    (coroutines.suspend_fiber if yields else coroutines.end_fiber)(frame)
            elif code.co_name == "_run" and code is _step_code.get("_run"):
                coroutines.end_step(frame)
            elif code.co_name == "run" and code is _step_code.get("run"):
                end_call("", always=True)
        elif arg.__name__ in traced_names and end_call(arg.__name__):
            left = budget
        if left < 0:
            _remove_hook(hook)

    return hook


def _begin_pool_call(frame: FrameType) -> None:
    """Handle a call by a thread of a pool, if it is a wait wrapped in a partial.

    The hook sees no call of the wrapped function itself.
    """
    function = frame.f_locals["self"].fn
    inner = blocking_calls.unwrap_partial(function)
    is_wrapped = inner is not function and type(inner) is BuiltinFunctionType
    if is_wrapped and inner.__name__ in blocking_calls.TRACED_NAMES:
        blocking_calls.begin_call(inner.__name__, inner.__self__, frame)


_STEP_HANDLERS: dict[str, Callable[[FrameType], None]] = {
    "_run": coroutines.begin_step,
    "__init__": coroutines.register_task,
    "run": _begin_pool_call,
}


def _enter_fiber(frame: FrameType, code: CodeType) -> None:
    if coroutines.can_be_fiber(code):
        starts = code.co_code[frame.f_lasti + 1] & 3 == _RESUME_AT_START
        (coroutines.start_fiber if starts else coroutines.resume_fiber)(frame)


def _remove_hook(hook: Callable[..., None]) -> None:
    _set_hook(None)
    _hooks.discard(hook)
    _removed_at[get_ident()] = monotonic()
    for fiber in coroutines.running_fibers.pop(get_ident(), []):
        coroutines.close_turn(fiber)
