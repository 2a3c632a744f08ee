"""Tracing of processes and threads: their start, name, parent and end."""

from __future__ import annotations

import atexit
import os
import sys
from _thread import get_native_id
from time import monotonic
from types import CodeType

from _snippet_probe import blocking_calls, coroutines, event_log, stdio
from _snippet_probe.coroutines import current_fiber
from _snippet_probe.event_log import record
from _snippet_probe.program_code import find_program_line, is_program_code

if sys.version_info >= (3, 12):
    from _snippet_probe import monitoring_backend as backend
else:
    from _snippet_probe import profile_backend as backend

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any, NoReturn

# Modules of the standard library that wait, or that start workers.
TRACED_MODULES = {
    *("threading", "queue", "selectors", "subprocess", "socket", "sched", "asyncio.events"),
    *("concurrent.futures._base", "concurrent.futures.thread", "concurrent.futures.process"),
    *("multiprocessing.connection", "multiprocessing.context", "multiprocessing.forkserver"),
    *("multiprocessing.managers", "multiprocessing.pool", "multiprocessing.popen_fork"),
    *("multiprocessing.process", "multiprocessing.queues", "multiprocessing.synchronize"),
    "multiprocessing.util",
}

# By the address of a Thread about to start: native thread, fiber and line that start it.
_thread_parents: dict[int, tuple[int, int, int | None]] = {}
_fork_details: tuple[object, ...] = ()
_address = object.__hash__
_has_begun = False


def start_probe() -> None:
    """Start tracing this process, into the file that SNIPPET_EVENTS names."""
    event_log.open_log(os.environ["SNIPPET_EVENTS"])
    record("process", os.getppid(), _find_role())
    atexit.register(record, "exit")
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
    os._exit = _exit
    backend.start()
    stdio.replace_streams(backend.resume_tracing)
    _wrap_imports()
    for name in TRACED_MODULES & set(sys.modules):
        _trace_module(name)
    sys.addaudithook(_handle_audit_event)


def _find_role() -> str:
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


def _handle_audit_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "exec":
        if isinstance(arguments[0], CodeType) and is_program_code(arguments[0]):
            _trace_code(arguments[0])
    elif event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
        _note_thread_parent(arguments[0])
    elif event == "subprocess.Popen":
        record("spawn", current_fiber(), find_program_line(sys._getframe(1)))
        backend.resume_tracing()


def _note_thread_parent(bootstrap: object) -> None:
    event_log.keep_gil_while_writing()
    thread = getattr(bootstrap, "__self__", None)
    line = find_program_line(sys._getframe(1))
    _thread_parents[_address(thread)] = (get_native_id(), current_fiber(), line)
    backend.resume_tracing()


def _trace_code(code: CodeType) -> None:
    global _has_begun
    if not _has_begun and code.co_name == "<module>":
        _has_begun = True
        record("begin")
    backend.trace_code(code)


def _before_fork() -> None:
    global _fork_details
    line = find_program_line(sys._getframe(1))
    _fork_details = (monotonic(), os.getpid(), get_native_id(), current_fiber(), line)


def _after_fork() -> None:
    event_log.reset_after_fork()
    coroutines.reset_after_fork()
    blocking_calls.reset_after_fork()
    backend.reset_after_fork()
    record("fork", *_fork_details)


def _exit(*arguments: Any, **options: Any) -> NoReturn:
    record("exit")
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
            hook = backend.pause_tracing()
        try:
            return find_and_load(name, *others, **options)
        finally:
            if name in TRACED_MODULES:
                _trace_module(name)
            if hook is not None:
                backend.restore_hook(hook)

    _find_and_load.__code__ = _find_and_load.__code__.replace(
        co_filename=find_and_load.__code__.co_filename
    )
    bootstrap._find_and_load = _find_and_load


def _trace_module(name: str) -> None:
    module = sys.modules.get(name)
    if module is None:
        return
    backend.trace_module(module)
    if name == "threading":
        _wrap_threading(module)
    elif name == "multiprocessing.util":
        module.register_after_fork(sys.modules[__name__], _record_process_name)
    elif name == "multiprocessing.context" and "_after_fork" in vars(module.SpawnProcess):
        module.SpawnProcess._after_fork = staticmethod(_record_process_name)  # replaces a no-op


def _wrap_threading(threading: Any) -> None:
    from _snippet_probe import lock_wrappers

    for lock_class in lock_wrappers.replace_lock_classes():
        backend.trace_lock_class(lock_class)
    thread = threading.Thread
    set_ident, delete = thread._set_ident, thread._delete

    def _set_ident(self: Any, *others: object, **options: object) -> None:
        set_ident(self, *others, **options)
        _record_thread(self)

    def _delete(self: Any, *others: object, **options: object) -> None:
        record("thread_end")
        backend.end_thread()
        delete(self, *others, **options)

    thread._set_ident, thread._delete = _set_ident, _delete
    if sys.version_info < (3, 12):  # later versions raise an audit event instead
        start_new_thread = threading._start_new_thread

        def _start_new_thread(function: Any, *others: object, **options: object) -> Any:
            _note_thread_parent(function)
            return start_new_thread(function, *others, **options)

        threading._start_new_thread = _start_new_thread


def _record_thread(thread: Any) -> None:
    parent = _thread_parents.pop(_address(thread), (0, 0, None))
    target = getattr(thread, "_target", None)
    function, line = _describe_function(target if target is not None else type(thread).run)
    if target is None:
        function = type(thread).__name__
    record("thread", *parent, thread.name, function, line)
    if sys.version_info < (3, 12):
        backend.start()


def _describe_function(function: object) -> tuple[str, int | None]:
    """Return a function's name and its first line, which is None outside the program."""
    function = getattr(function, "func", function)  # of a partial
    code = getattr(function, "__code__", None)
    line = code.co_firstlineno if isinstance(code, CodeType) and is_program_code(code) else None
    return getattr(function, "__name__", type(function).__name__), line


def _record_process_name(module: object = None) -> None:
    """Report the name, function and parent that multiprocessing has for this process.

    multiprocessing passes this module when it calls this after a fork.
    """
    multiprocessing = sys.modules["multiprocessing.process"]
    process = multiprocessing.current_process()
    target = getattr(process, "_target", None)
    function, line = _describe_function(target if target is not None else type(process).run)
    if target is None:
        function = type(process).__name__
    parent = multiprocessing.parent_process()
    record("named", process.name, function, line, parent and parent.pid)
