"""Tracing of waits in blocking calls of C functions, with the reason for each wait."""

from __future__ import annotations

import os
from _thread import get_ident
from time import monotonic
from types import FrameType, ModuleType

from _snippet_probe.coroutines import current_fiber
from _snippet_probe.event_log import has_budget, record
from _snippet_probe.program_code import is_program_code

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

# Functions that may wait, with the reason: name, and module or type of the object.
BLOCKING_CALLS = {
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
RELEASING_CALLS = {
    ("release", "lock"),
    ("__exit__", "lock"),
    ("release", "RLock"),
    ("__exit__", "RLock"),
    ("_release_save", "RLock"),
    ("put", "SimpleQueue"),
}
TRACED_NAMES = {name for name, _ in BLOCKING_CALLS} | {name for name, _ in RELEASING_CALLS}
FINAL_REASONS = {"sleep", "socket", "signal", "file lock"}  # reasons that callers do not change

# Wait reasons, by library function in the call chain; the outermost one decides.
CALLER_REASONS = {
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
    "multiprocessing.synchronize.Condition.wait": "condition",
    "multiprocessing.synchronize.Condition.wait_for": "condition",
    "multiprocessing.synchronize.Event.wait": "event",
    "multiprocessing.synchronize.Barrier.wait": "barrier",
    "subprocess.Popen.wait": "child process",
    "subprocess.Popen.communicate": "child process",
    "subprocess.run": "child process",
}
_WNOHANG = getattr(os, "WNOHANG", -1)  # Windows has none
SHORTEST_WAIT = 0.001  # seconds: the reader of events drops shorter waits

# An object's address, ("thread", native id), ("process", pid), or None if unknown.
_Awaited = int | tuple[str, int] | None
# By thread: function, whether the wait is reported, its start, then fiber, reason, what is
# awaited and line, as in the event.
open_waits: dict[int, tuple[str, bool, float, int, str, _Awaited, int | None]] = {}
_waiter_counts: dict[int, int] = {}  # by the address of what is awaited
_address = object.__hash__


def begin_call(function: str, owner: object, frame: FrameType) -> bool:
    """Handle the start of a call of a function in TRACED_NAMES; return True if it may wait.

    `owner` is the object whose method it is, or its module; `frame` that of the caller.
    """
    owner_type = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__name__
    reason = BLOCKING_CALLS.get((function, owner_type))
    if reason is None:
        if (function, owner_type) in RELEASING_CALLS and _address(owner) in _waiter_counts:
            record("release", current_fiber(), _address(owner))
        return False
    if (reason == "lock" and _is_free(owner)) or _is_nonblocking(reason, frame):
        return False
    if reason == "lock" and getattr(owner, "maxvalue", 1) != 1:
        reason = "semaphore"  # multiprocessing has one type for both
    awaited: _Awaited = None
    line = None
    is_final = reason in FINAL_REASONS
    caller: FrameType | None = frame
    while caller is not None:
        code = caller.f_code
        if is_program_code(code):
            line = caller.f_lineno
            break
        if not is_final:
            name = f"{caller.f_globals.get('__name__')}.{code.co_qualname}"
            reason = CALLER_REASONS.get(name, reason)
            if not reason:
                return False
            awaited = _find_joined(name, caller) or awaited
        caller = caller.f_back
    if awaited is None and owner_type in ("lock", "RLock", "SimpleQueue"):
        awaited = _address(owner)
        _waiter_counts[awaited] = _waiter_counts.get(awaited, 0) + 1
    began = monotonic()
    is_recorded = has_budget()
    details = (current_fiber(), reason, awaited, line)
    if is_recorded:
        record("wait", *details, at=began)
    open_waits[get_ident()] = (function, is_recorded, began, *details)
    return True


def end_call(function: str, *, always: bool = False) -> bool:
    """Handle the return of a call; return True if it waited for 1 ms or more.

    With `always`, this ends the wait of the current thread whatever its function.
    """
    wait = open_waits.get(get_ident())
    if wait is None or (wait[0] != function and not always):
        return False
    del open_waits[get_ident()]
    _, is_recorded, began, *details = wait
    now = monotonic()
    if not is_recorded and now - began >= SHORTEST_WAIT:
        record("wait", *details, at=began)
        is_recorded = True
    if is_recorded:
        record("woke", at=now)
    awaited = details[2]
    if type(awaited) is int:
        if _waiter_counts.get(awaited, 1) < 2:
            _waiter_counts.pop(awaited, None)
        else:
            _waiter_counts[awaited] -= 1
    return now - began >= SHORTEST_WAIT


def unwrap_partial(function: Any) -> Any:
    """Return the function that a partial calls; any other function is returned as is.

    If the partial calls `Context.run`, as asyncio does, that is the function it runs.
    """
    arguments: tuple[object, ...] = ()
    while type(function).__name__ == "partial" and hasattr(function, "func"):
        function, arguments = function.func, function.args + arguments
    if arguments and type(getattr(function, "__self__", None)).__name__ == "Context":
        return arguments[0]
    return function


def reset_after_fork() -> None:
    """Forget all waits in a forked child, whose other threads do not exist."""
    open_waits.clear()
    _waiter_counts.clear()


def _is_nonblocking(reason: str, frame: FrameType) -> bool:
    """Return True if a library function makes the call without waiting."""
    if is_program_code(frame.f_code):
        return False
    if reason == "poll":
        return bool(frame.f_locals.get("timeout", 1) == 0)
    if reason == "child process":
        return frame.f_locals.get("flag") == _WNOHANG
    if reason == "lock":
        flags = (frame.f_locals.get("block"), frame.f_locals.get("blocking"))
        return False in flags or frame.f_code.co_name == "_is_owned"
    return False


def _is_free(lock: object) -> bool:
    if hasattr(lock, "locked"):
        return not lock.locked()
    if hasattr(lock, "_is_owned"):  # before Python 3.14, an RLock has no `locked`
        return lock._is_owned() or repr(lock).startswith("<unlocked")
    if hasattr(lock, "_is_zero"):
        return not lock._is_zero()
    return False


def _find_joined(caller: str, frame: FrameType) -> tuple[str, int] | None:
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
