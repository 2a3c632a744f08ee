"""Concurrency modules of the standard library, and the methods of their classes.

The documented names of the modules are in `stdlib_names`. Methods are read from the classes
of the running interpreter, because the documentation does not repeat inherited methods.
"""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import Any

from snippet_engine.snippet.stdlib_names import NAMES

MODULES = tuple(NAMES)


@cache
def find_methods(name: str) -> frozenset[str]:
    """Return the public methods of the objects that a call of `name` creates.

    `name` is a full name ("threading.Event"). The set is empty if it is not a class, nor a
    function known to create objects of one class, or if this Python does not have it.
    """
    module, _, member = name.rpartition(".")
    made: Any
    if module == "multiprocessing":
        made = _find_multiprocessing_class(member)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # access to a deprecated name warns
            made = getattr(importlib.import_module(module), member, None)
        if name in ("threading.Lock", "threading.RLock"):
            made = type(made())  # RLock is a function, and Lock is before Python 3.13
    if not isinstance(made, type):
        return frozenset()
    methods = {at for at in dir(made) if not at.startswith("_") and callable(getattr(made, at))}
    if made.__module__ == "multiprocessing.synchronize":
        methods |= {"acquire", "release"}  # set on each object, not on the class
    return frozenset(methods)


def _find_multiprocessing_class(name: str) -> type | None:
    """Return the class of the objects that `multiprocessing.Queue`, say, creates.

    None if there is no class `name` in multiprocessing's modules.
    """
    for submodule in ("synchronize", "queues", "pool", "context"):
        namespace = importlib.import_module(f"multiprocessing.{submodule}")
        if isinstance(made := getattr(namespace, name, None), type):
            return made
    return None
