"""Tracing of processes and threads: their start, name, parent and end."""

from __future__ import annotations

import atexit
import os
import sys
from _thread import get_native_id
from time import monotonic
from types import CodeType

import _snippet_probe_events as events
import _snippet_probe_output as output

if sys.version_info >= (3, 12):
    import _snippet_probe_monitoring as calls
else:
    import _snippet_probe_profile as calls

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any, NoReturn

WAITING_MODULES = {
    "threading",
    "queue",
    "selectors",
    "subprocess",
    "socket",
    "sched",
    "asyncio.events",
    "concurrent.futures._base",
    "concurrent.futures.thread",
    "concurrent.futures.process",
    "multiprocessing.connection",
    "multiprocessing.context",
    "multiprocessing.forkserver",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "multiprocessing.popen_fork",
    "multiprocessing.process",
    "multiprocessing.queues",
    "multiprocessing.synchronize",
    "multiprocessing.util",
}

_parents: dict[int, tuple[int, int, int | None]] = {}
_address = object.__hash__
_running = False


def begin() -> None:
    """Start tracing this process, into the file that SNIPPET_EVENTS names."""
    events.open_events(os.environ["SNIPPET_EVENTS"])
    events.tell("process", os.getppid(), _role())
    atexit.register(events.tell, "exit")
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
    os._exit = _exit
    calls.begin()
    output.begin(calls.again)
    _wrap_imports()
    for name in WAITING_MODULES & set(sys.modules):
        _imported(name)
    sys.addaudithook(_audited)


def _role() -> str:
    """Return the multiprocessing module that started this process, "" if none did.

    It is found in the process's `-c` command, which begins with, for example, `from
    multiprocessing.spawn import`, after `import sys;` from Python 3.14 on.
    """
    for argument in sys.orig_argv:
        command = argument.removeprefix("import sys; ")
        for module in ("resource_tracker", "forkserver", "spawn"):
            if command.startswith(f"from multiprocessing.{module} "):
                return module
    return ""


def _audited(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "exec":
        if isinstance(arguments[0], CodeType) and events.is_own(arguments[0]):
            _own_code(arguments[0])
    elif event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
        _thread_asked_for(arguments[0])
    elif event == "subprocess.Popen":
        events.tell("spawns", events.current(), events.own_line(sys._getframe(1)))
        calls.again()


def _thread_asked_for(bootstrap: object) -> None:
    events.keep_lock()
    thread = getattr(bootstrap, "__self__", None)
    line = events.own_line(sys._getframe(1))
    _parents[_address(thread)] = (get_native_id(), events.current(), line)
    calls.again()


def _own_code(code: CodeType) -> None:
    global _running
    if not _running and code.co_name == "<module>":
        _running = True
        events.tell("begin")
    calls.own_code(code)


_forker: tuple[object, ...] = ()


def _before_fork() -> None:
    global _forker
    line = events.own_line(sys._getframe(1))
    _forker = (monotonic(), os.getpid(), get_native_id(), events.current(), line)


def _after_fork() -> None:
    events.forked()
    lanes = sys.modules["_snippet_probe_lanes"]
    waits = sys.modules["_snippet_probe_waits"]
    lanes.forked()
    waits.forked()
    calls.forked()
    events.tell("fork", *_forker)


def _exit(*arguments: Any, **options: Any) -> NoReturn:
    events.tell("exit")
    _real_exit(*arguments, **options)


_real_exit = os._exit
_exit.__name__ = _exit.__qualname__ = "_exit"


def _wrap_imports() -> None:
    """Wrap the import function, to trace the library modules that programs import.

    In Python 3.11, the import itself is not traced. The wrapper has the file name of the import
    system, whose frames Python omits from tracebacks and warnings.
    """
    bootstrap: Any = sys.modules["_frozen_importlib"]
    find_and_load = bootstrap._find_and_load

    def _find_and_load(name: str, *others: object, **options: object) -> Any:
        hook = None
        if sys.version_info < (3, 12):  # later versions do not trace imports anyway
            hook = calls.hush()
        try:
            return find_and_load(name, *others, **options)
        finally:
            if name in WAITING_MODULES:
                _imported(name)
            if hook is not None:
                calls.resume(hook)

    _find_and_load.__code__ = _find_and_load.__code__.replace(
        co_filename=find_and_load.__code__.co_filename
    )
    bootstrap._find_and_load = _find_and_load


def _imported(name: str) -> None:
    module = sys.modules.get(name)
    if module is None:
        return
    calls.imported(module)
    if name == "threading":
        _threading_imported(module)
    elif name == "multiprocessing.util":
        module.register_after_fork(_Told.once, _process_begins)
    elif name == "multiprocessing.context" and "_after_fork" in vars(module.SpawnProcess):
        module.SpawnProcess._after_fork = staticmethod(_process_begins)  # replaces a no-op


def _threading_imported(threading: Any) -> None:
    import _snippet_probe_locks as locks

    for lock in locks.begin():
        calls.imported_class(lock)
    thread = threading.Thread
    set_ident, delete = thread._set_ident, thread._delete

    def _set_ident(self: Any, *others: object, **options: object) -> None:
        set_ident(self, *others, **options)
        _thread_begins(self)

    def _delete(self: Any, *others: object, **options: object) -> None:
        events.tell("ends")
        calls.ended()
        delete(self, *others, **options)

    thread._set_ident, thread._delete = _set_ident, _delete
    if sys.version_info < (3, 12):  # later versions raise an audit event instead
        start_new_thread = threading._start_new_thread

        def _start_new_thread(function: Any, *others: object, **options: object) -> Any:
            _thread_asked_for(function)
            return start_new_thread(function, *others, **options)

        threading._start_new_thread = _start_new_thread


def _thread_begins(thread: Any) -> None:
    parent = _parents.pop(_address(thread), (0, 0, None))
    target = getattr(thread, "_target", None)
    given = target if target is not None else type(thread).run
    function, line = _described(given)
    if target is None:
        function = type(thread).__name__
    events.tell("thread", *parent, thread.name, function, line)
    if sys.version_info < (3, 12):
        calls.begin()


def _described(function: object) -> tuple[str, int | None]:
    """Return a function's name, and its first line; None if it is not the program's."""
    function = getattr(function, "func", function)  # of a partial
    code = getattr(function, "__code__", None)
    line = code.co_firstlineno if isinstance(code, CodeType) and events.is_own(code) else None
    return getattr(function, "__name__", type(function).__name__), line


class _Told:
    """The class of the object that `register_after_fork` of multiprocessing requires."""

    once: _Told


_Told.once = _Told()


def _process_begins(told: object = None) -> None:
    """Report the name, function and parent that multiprocessing has for this process.

    multiprocessing passes an argument when it calls this after a fork; it is ignored.
    """
    multiprocessing = sys.modules["multiprocessing.process"]
    process = multiprocessing.current_process()
    target = getattr(process, "_target", None)
    function, line = _described(target if target is not None else type(process).run)
    if target is None:
        function = type(process).__name__
    parent = multiprocessing.parent_process()
    events.tell("named", process.name, function, line, parent and parent.pid)
