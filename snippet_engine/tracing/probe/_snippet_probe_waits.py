"""Tracing of waits: which C functions may wait, and the reason for each wait."""

from __future__ import annotations

import os
from _thread import get_ident
from time import monotonic
from types import FrameType, ModuleType

import _snippet_probe_events as events

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

# Functions that may wait, with the reason: name, and module or type of the object.
CALLS = {
    ("sleep", "time"): "sleep",
    ("acquire", "lock"): "lock",
    ("__enter__", "lock"): "lock",
    ("acquire", "RLock"): "lock",
    ("__enter__", "RLock"): "lock",
    ("_acquire_restore", "RLock"): "lock",
    ("acquire", "SemLock"): "lock",
    ("__enter__", "SemLock"): "lock",
    ("get", "SimpleQueue"): "queue",
    ("join", "_ThreadHandle"): "join",
    ("_shutdown", "_thread"): "join",
    ("control", "kqueue"): "poll",
    ("poll", "epoll"): "poll",
    ("poll", "poll"): "poll",
    ("select", "select"): "poll",
    ("waitpid", "posix"): "child process",
    ("waitid", "posix"): "child process",
    ("wait", "posix"): "child process",
    ("wait3", "posix"): "child process",
    ("wait4", "posix"): "child process",
    ("read", "posix"): "pipe",
    ("system", "posix"): "child process",
    ("GetQueuedCompletionStatus", "_overlapped"): "poll",
    ("WaitForMultipleObjects", "_winapi"): "poll",
    ("WaitForSingleObject", "_winapi"): "child process",
    ("waitpid", "nt"): "child process",
    ("read", "nt"): "pipe",
    ("system", "nt"): "child process",
    ("recv", "socket"): "socket",
    ("recv_into", "socket"): "socket",
    ("accept", "socket"): "socket",
    ("connect", "socket"): "socket",
    ("pause", "signal"): "signal",
    ("sigwait", "signal"): "signal",
    ("flock", "fcntl"): "file lock",
}
# Functions that may wake a waiting thread.
FREES = {
    ("release", "lock"),
    ("__exit__", "lock"),
    ("release", "RLock"),
    ("__exit__", "RLock"),
    ("_release_save", "RLock"),
    ("put", "SimpleQueue"),
}
NAMES = {name for name, _ in CALLS} | {name for name, _ in FREES}
SURE = {"sleep", "socket", "signal", "file lock"}  # reasons that need no look at the callers

# Wait reasons, by library function in the call chain; the outermost one decides.
CALLERS = {
    "threading.Thread.start": "",  # waits for the thread's start only, so it is no wait
    "threading.Thread.join": "join",
    "threading._shutdown": "join",
    "threading.Event.wait": "event",
    "threading.Condition.wait": "condition",
    "threading.Condition.wait_for": "condition",
    "threading.Semaphore.acquire": "semaphore",
    "threading.Barrier.wait": "barrier",
    "queue.Queue.get": "queue",
    "queue.Queue.put": "queue",
    "queue.Queue.join": "queue",
    "asyncio.base_events.BaseEventLoop._run_once": "event loop idle",
    "concurrent.futures._base.Future.result": "result",
    "concurrent.futures._base.Future.exception": "result",
    "concurrent.futures._base.wait": "result",
    "concurrent.futures._base.as_completed": "result",
    "concurrent.futures.thread._worker": "queue",
    "concurrent.futures.thread.ThreadPoolExecutor.shutdown": "join",
    "concurrent.futures.process._process_worker": "queue",
    "concurrent.futures.process.ProcessPoolExecutor.shutdown": "join",
    "concurrent.futures.process._ExecutorManagerThread.wait_result_broken_or_wakeup": "result",
    "multiprocessing.process.BaseProcess.join": "join",
    "multiprocessing.util._exit_function": "join",
    "multiprocessing.queues.Queue.get": "queue",
    "multiprocessing.queues.Queue.put": "queue",
    "multiprocessing.queues.Queue._feed": "queue",
    "multiprocessing.queues.JoinableQueue.join": "queue",
    "multiprocessing.queues.SimpleQueue.get": "queue",
    "multiprocessing.queues.SimpleQueue.put": "queue",
    "multiprocessing.connection.wait": "pipe",
    "multiprocessing.connection._ConnectionBase.poll": "pipe",
    "multiprocessing.connection._ConnectionBase.recv": "pipe",
    "multiprocessing.connection._ConnectionBase.recv_bytes": "pipe",
    "multiprocessing.pool.worker": "queue",
    "multiprocessing.pool.ApplyResult.wait": "result",
    "multiprocessing.pool.ApplyResult.get": "result",
    "multiprocessing.pool.IMapIterator.next": "result",
    "multiprocessing.pool.Pool.join": "join",
    "multiprocessing.pool.Pool._terminate_pool": "join",
    "multiprocessing.pool.Pool._handle_tasks": "queue",
    "multiprocessing.pool.Pool._handle_results": "queue",
    "multiprocessing.pool.Pool._wait_for_updates": "child process",
    "multiprocessing.synchronize.Semaphore.acquire": "semaphore",
    "multiprocessing.synchronize.Condition.wait": "condition",
    "multiprocessing.synchronize.Condition.wait_for": "condition",
    "multiprocessing.synchronize.Event.wait": "event",
    "multiprocessing.synchronize.Barrier.wait": "barrier",
    "subprocess.Popen.wait": "child process",
    "subprocess.Popen.communicate": "child process",
    "subprocess.run": "child process",
}
_WNOHANG = getattr(os, "WNOHANG", -1)  # Windows has none
SHORTEST = 0.001  # seconds: the reader of events drops shorter waits

# By thread: the function, whether the wait was reported, its start, and its details: lane,
# reason, what is waited for (an object's address, a thread or a process), line.
_On = int | tuple[str, int] | None
_waiting: dict[int, tuple[str, bool, float, int, str, _On, int | None]] = {}
_awaited: dict[int, int] = {}
_address = object.__hash__


def called(function: str, owner: object, frame: FrameType) -> bool:
    """Handle the start of a call of a function in NAMES; return True if it may wait."""
    kind = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__name__
    reason = CALLS.get((function, kind))
    if reason is None:
        if (function, kind) in FREES and _address(owner) in _awaited:
            events.tell("free", events.current(), _address(owner))
        return False
    if (reason == "lock" and _is_free(owner)) or _only_asks(reason, frame):
        return False
    on: _On = None
    line = None
    at: FrameType | None = frame
    clear = reason in SURE
    while at is not None:
        code = at.f_code
        if events.is_own(code):
            line = at.f_lineno
            break
        if not clear:
            name = f"{at.f_globals.get('__name__')}.{code.co_qualname}"
            reason = CALLERS.get(name, reason)
            if not reason:
                return False
            on = _joined(name, at) or on
        at = at.f_back
    if on is None and kind in ("lock", "RLock", "SimpleQueue"):
        on = _address(owner)
        _awaited[on] = _awaited.get(on, 0) + 1
    began = monotonic()
    told = events.may_tell()
    details = (events.current(), reason, on, line)
    if told:
        events.tell("wait", *details, at=began)
    _waiting[get_ident()] = (function, told, began, *details)
    return True


def returned(function: str, *, always: bool = False) -> bool:
    """Handle the return of a call; return True if it waited for 1 ms or more.

    With `always`, this ends the wait of the current thread whatever its function.
    """
    waited = _waiting.get(get_ident())
    if waited is None or (waited[0] != function and not always):
        return False
    del _waiting[get_ident()]
    _, told, began, *details = waited
    now = monotonic()
    if not told and now - began >= SHORTEST:
        events.tell("wait", *details, at=began)
        told = True
    if told:
        events.tell("woke", at=now)
    on = details[2]
    if type(on) is int:
        if _awaited.get(on, 1) < 2:
            _awaited.pop(on, None)
        else:
            _awaited[on] -= 1
    return now - began >= SHORTEST


def within(function: Any) -> Any:
    """Return the function that a partial calls; any other function is returned as is.

    If the partial calls `Context.run`, as asyncio does, that is the function it runs.
    """
    arguments: tuple[object, ...] = ()
    while type(function).__name__ == "partial" and hasattr(function, "func"):
        function, arguments = function.func, function.args + arguments
    if arguments and type(getattr(function, "__self__", None)).__name__ == "Context":
        return arguments[0]
    return function


def forked() -> None:
    """Forget all waits in a forked child, whose other threads do not exist."""
    _waiting.clear()
    _awaited.clear()


def _only_asks(reason: str, frame: FrameType) -> bool:
    """Return True if a library function makes the call without waiting."""
    if events.is_own(frame.f_code):
        return False
    if reason == "poll":
        return bool(frame.f_locals.get("timeout", 1) == 0)
    if reason == "child process":
        return frame.f_locals.get("flag") == _WNOHANG
    if reason == "lock":
        asks = frame.f_code.co_name == "_is_owned"
        return asks or False in (frame.f_locals.get("block"), frame.f_locals.get("blocking"))
    return False


def _is_free(lock: object) -> bool:
    if hasattr(lock, "locked"):
        return not lock.locked()
    if hasattr(lock, "_is_owned"):  # before Python 3.14, an RLock has no `locked`
        return lock._is_owned() or repr(lock).startswith("<unlocked")
    if hasattr(lock, "_is_zero"):
        return not lock._is_zero()
    return False


def _joined(caller: str, frame: FrameType) -> tuple[str, int] | None:
    """Return the thread or process whose end a library function waits for.

    The result is ("thread", native id) or ("process", pid), None if there is none.
    """
    if caller == "threading.Thread.join":
        number = getattr(frame.f_locals.get("self"), "native_id", None)
        return number and ("thread", number)
    if caller in ("multiprocessing.process.BaseProcess.join", "subprocess.Popen.wait"):
        number = getattr(frame.f_locals.get("self"), "pid", None)
        return number and ("process", number)
    return None
