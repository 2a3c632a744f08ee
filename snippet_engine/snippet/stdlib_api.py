"""Public names of the standard library's concurrency modules, by category.

They are those of the interpreter that builds the site.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import warnings
from functools import cache
from typing import Any, Literal

MODULES = (
    "threading",
    "multiprocessing",
    "concurrent.futures",
    "queue",
    "asyncio",
    "subprocess",
)
Category = Literal["main", "low-level", "exception", "constant", "deprecated"]

# Names that only the pages on asyncio's low-level API document: asyncio-eventloop,
# asyncio-future and asyncio-protocol of https://docs.python.org/3/library/. The first pattern
# matches defining modules, the set has the names defined in other modules.
_LOW_LEVEL = re.compile(r"asyncio\.(base_\w+|events|transports|protocols|\w+_events)$")
_ALSO_LOW_LEVEL = frozenset(
    {
        *("get_event_loop", "get_running_loop", "set_event_loop", "new_event_loop"),
        *("Future", "ensure_future", "isfuture", "wrap_future", "StreamReaderProtocol"),
    }
)
# Child watchers: https://docs.python.org/3/whatsnew/3.14.html#asyncio (removed);
# policies and iscoroutinefunction: https://docs.python.org/3/deprecations/index.html
_DEPRECATED = re.compile(
    r"\w*(ChildWatcher|EventLoopPolicy)|[gs]et_(child_watcher|event_loop_policy)"
    r"|iscoroutinefunction"
)


@cache
def public_names(module: str) -> dict[str, Category]:
    """Return the public names of `module` except submodules, each with its category."""
    held = importlib.import_module(module)
    listed = set(getattr(held, "__all__", None) or dir(held))
    names = sorted(name for name in listed.union(dir(held)) if not name.startswith("_"))
    found = {name: _value(held, name) for name in names}
    return {
        name: _sort(module, name, value)
        for name, value in found.items()
        if not inspect.ismodule(value) and (name in listed or _is_listed(module, name, value))
    }


@cache
def find_methods(name: str) -> frozenset[str]:
    """Return the public methods of the objects that a call of `name` creates.

    `name` is a full name ("threading.Event"). The set is empty if it is not a class, nor a
    function known to create objects of one class.
    """
    module, _, short = name.rpartition(".")
    made = _value(importlib.import_module(module), short)
    if module == "multiprocessing":
        made = _made_by_multiprocessing(short)
    elif name in ("threading.Lock", "threading.RLock"):
        made = type(made())  # RLock is a function, and Lock is before Python 3.13
    if not isinstance(made, type):
        return frozenset()
    held = {at for at in dir(made) if not at.startswith("_") and callable(getattr(made, at))}
    if made.__module__ == "multiprocessing.synchronize":
        held |= {"acquire", "release"}  # set on each object, not on the class
    return frozenset(held)


def _made_by_multiprocessing(name: str) -> Any:
    """Return the class of the objects that `multiprocessing.Queue`, say, creates.

    None if there is no class `name` in multiprocessing's modules.
    """
    for where in ("synchronize", "queues", "pool", "context"):
        held = importlib.import_module(f"multiprocessing.{where}")
        if isinstance(made := getattr(held, name, None), type):
            return made
    return None


def _is_listed(module: str, name: str, value: Any) -> bool:
    """Return True if the submodule that defines `value` has `name` in `__all__`.

    In Python 3.11, `asyncio.__all__` lacks TaskGroup, but its submodule lists it.
    """
    home = getattr(value, "__module__", None) or ""
    part = sys.modules.get(home) if home.startswith(f"{module}.") else None
    return name in getattr(part, "__all__", ())


def _value(held: object, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # access to a deprecated name warns
        return getattr(held, name, None)


def _sort(module: str, name: str, value: Any) -> Category:
    if module == "asyncio" and _DEPRECATED.fullmatch(name):
        return "deprecated"
    if isinstance(value, type) and issubclass(value, BaseException):
        return "exception"
    if not callable(value):
        return "constant"
    return "low-level" if module == "asyncio" and _is_low_level(name, value) else "main"


def _is_low_level(name: str, value: Any) -> bool:
    home = getattr(value, "__module__", None) or ""
    return name in _ALSO_LOW_LEVEL or bool(_LOW_LEVEL.match(home))
