"""Substitutes for locks whose use in a `with` statement can be traced.

Before Python 3.14, `with` enters a lock without a call that profiling or monitoring reports.
The substitutes have the methods of the real lock as attributes, so that only `__enter__` runs
Python code.
"""

from __future__ import annotations

import _thread
import sys

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

METHODS = ("acquire", "release", "locked", "acquire_lock", "release_lock", "locked_lock")
OWNED = ("_is_owned", "_release_save", "_acquire_restore", "_recursion_count")
COMMON = ("__exit__", "__reduce_ex__", "_at_fork_reinit")


def new_class(name: str, real: Callable[[], Any]) -> type[Any]:
    """Return a lock class `name` whose objects wrap the locks that `real` makes."""
    sample = real()
    carried = [each for each in METHODS + OWNED + COMMON if hasattr(sample, each)]

    def __init__(self: Any) -> None:
        lock = real()
        for each in carried:
            setattr(self, each, getattr(lock, each))
        self._enter = lock.__enter__

    def __enter__(self: Any) -> object:
        return self._enter()

    def __repr__(self: Any) -> str:
        return repr(self._enter.__self__)

    body = {
        "__slots__": (*carried, "_enter", "__weakref__"),
        "__init__": __init__,
        "__enter__": __enter__,
        "__repr__": __repr__,
        "__module__": "_thread",
    }
    return type(name, (), body)


def begin() -> list[type[Any]]:
    """Replace the lock classes of `threading`, and return the substitutes.

    The list is empty from Python 3.14 on, where none are needed.
    """
    threading: Any = sys.modules["threading"]
    if sys.version_info >= (3, 14):
        return []
    lock = new_class("lock", _thread.allocate_lock)
    threading.Lock = lock
    if threading._CRLock is None:
        return [lock]
    again = new_class("RLock", _thread.RLock)
    threading._CRLock = again
    return [lock, again]
