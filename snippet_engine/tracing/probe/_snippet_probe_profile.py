"""Python 3.11: calls are told by `sys.setprofile`, until a thread has had enough of them.

The hook costs more than a call does, so it leaves a thread that only computes,
and comes back, for a moment, when that thread prints, starts a worker or imports.
What calls nothing that could wait runs without it.
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

PATIENCE = 10_000  # calls without a wait
AGAIN = 2_000
PAUSE = 0.1  # seconds
TRIES = 100

YIELD_VALUE = 86  # of 3.11, the one version that comes here
_AT_START = 0  # the argument of RESUME
_hooks: set[Callable[..., None]] = set()
_left: dict[int, float] = {}
_steps: dict[str, CodeType] = {}
_computing: dict[int, CodeType] = {}  # by address
_address = object.__hash__


def begin() -> None:
    """Listen in this thread."""
    _listen(PATIENCE)


def own_code(code: CodeType) -> None:
    """Code of the program is about to run."""
    _computing.update((_address(part), part) for part in computing.computing(code))


def imported(module: ModuleType) -> None:
    """A module of the library is there."""
    if module.__name__ == "asyncio.events":
        _steps.update(lanes.asyncio_codes())
    elif module.__name__ == "concurrent.futures.thread":
        _steps["run"] = module._WorkItem.run.__code__


def imported_class(lock: type[Any]) -> None:
    """A class of locks is there: nothing to do."""


def again() -> None:
    """Listen again for a moment, where this thread had too much to tell."""
    since = _left.get(get_ident())
    if since is not None and monotonic() - since > PAUSE and sys.getprofile() is None:
        _listen(AGAIN)


def forked() -> None:
    """In a forked child: one thread, with all its patience."""
    _left.clear()
    if sys.getprofile() in _hooks:
        _listen(PATIENCE)


def ended() -> None:
    """This thread ends."""
    _left.pop(get_ident(), None)
    _hooks.discard(sys.getprofile())


def hush() -> Callable[..., None] | None:
    """Stop listening in this thread; the hook, for `resume`."""
    hook = sys.getprofile()
    if hook is None or hook not in _hooks:
        return None
    _set(None)
    return hook


def resume(hook: Callable[..., None]) -> None:
    """Listen again after `hush`, unless the program has a hook of its own by now."""
    if sys.getprofile() is None:
        _set(hook)


def _set(hook: Callable[..., None] | None) -> None:
    """Have this hook in this thread.

    Python refuses it while another thread is in the middle of the same, in the audit hook;
    it does not refuse it again.
    """
    for _ in range(TRIES):
        try:
            sys.setprofile(hook)
            return
        except RuntimeError:
            continue


class _Back:
    """Brings a hook back when the frame that has it ends."""

    def __init__(self, hook: Callable[..., None]) -> None:
        self.hook = hook

    def __del__(self) -> None:
        resume(self.hook)


def _stand_aside(hook: Callable[..., None], frame: FrameType) -> None:
    """Take the hook from this thread until `frame`, that of a function that computes, ends."""
    if sys.gettrace() is None and computing.HARMLESS.isdisjoint(frame.f_globals):
        _set(None)
        # A frame keeps nothing else for others; without `sys.settrace` nobody calls it.
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
                left -= 4  # these take longer
                _suspending_called(frame, code)
            elif code.co_name in _steps and code is _steps[code.co_name]:
                _STEPS[code.co_name](frame)
            elif _address(code) in _computing:
                left -= 20  # this takes much longer
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
    """A pool's thread calls something: perhaps what waits, wrapped so that no call of it shows."""
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
