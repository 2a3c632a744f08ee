"""Lock classes whose use in a `with` statement can be traced.

Before Python 3.14, `with` enters a lock without a call that profiling or monitoring reports.
A wrapper has the methods of the real lock as attributes, so that only its `__enter__` runs
Python code.
"""

from __future__ import annotations

import _thread
import sys

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

METHODS = (
    *("acquire", "release", "locked", "acquire_lock", "release_lock", "locked_lock"),
    *("_is_owned", "_release_save", "_acquire_restore", "_recursion_count"),  # of RLock
    *("__exit__", "__reduce_ex__", "_at_fork_reinit"),
)


def make_lock_class(name: str, make_lock: Callable[[], Any]) -> type[Any]:
    """Return a lock class `name` whose objects wrap the locks that `make_lock` returns."""
    example = make_lock()
    methods = [method for method in METHODS if hasattr(example, method)]

    def __init__(self: Any) -> None:
        lock = make_lock()
        for method in methods:
            setattr(self, method, getattr(lock, method))
        self._enter = lock.__enter__

    def __enter__(self: Any) -> object:
        return self._enter()

    def __repr__(self: Any) -> str:
        return repr(self._enter.__self__)

    body = {
        "__slots__": (*methods, "_enter", "__weakref__"),
        "__init__": __init__,
        "__enter__": __enter__,
        "__repr__": __repr__,
        "__module__": "_thread",
    }
    return type(name, (), body)


def replace_lock_classes() -> list[type[Any]]:
    """Replace the lock classes of `threading`, and return the wrapper classes.

    The list is empty from Python 3.14 on, where none are needed.
    """
    threading: Any = sys.modules["threading"]
    if sys.version_info >= (3, 14):
        return []
    lock = make_lock_class("lock", _thread.allocate_lock)
    threading.Lock = lock
    if threading._CRLock is None:
        return [lock]
    reentrant_lock = make_lock_class("RLock", _thread.RLock)
    threading._CRLock = reentrant_lock
    return [lock, reentrant_lock]
