"""Documented names of the concurrency modules, and the methods of their classes."""

from __future__ import annotations

import importlib
import sys

import pytest

from snippet_engine.snippet.stdlib_api import MODULES, find_methods
from snippet_engine.snippet.stdlib_names import NAMES


@pytest.mark.skipif(sys.version_info[:2] != (3, 15), reason="the names are those of Python 3.15")
@pytest.mark.skipif(sys.platform != "linux", reason="the names are those on Linux")
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_documented_names_exist(module: str) -> None:
    namespace = importlib.import_module(module)
    assert [name for name in NAMES[module] if not hasattr(namespace, name)] == []


@pytest.mark.parametrize("module", MODULES)
def test_names_are_public_and_sorted(module: str) -> None:
    names = list(NAMES[module])
    assert names == sorted(names)
    assert not any(name.startswith("_") for name in names)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("asyncio.TaskGroup", "main"),
        ("asyncio.Transport", "low-level"),
        ("asyncio.get_event_loop_policy", "deprecated"),
        ("asyncio.get_running_loop", "low-level"),
        ("multiprocessing.Pool", "main"),  # documented as multiprocessing.pool.Pool
        ("queue.Empty", "exception"),
        ("subprocess.PIPE", "constant"),
    ],
)
def test_name_has_its_category(name: str, category: str) -> None:
    module, _, member = name.rpartition(".")
    assert NAMES[module][member] == category


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("queue.Queue", "put_nowait"),
        ("queue.LifoQueue", "put_nowait"),  # inherited
        ("multiprocessing.Pool", "imap_unordered"),
        ("multiprocessing.Lock", "acquire"),
        ("threading.RLock", "release"),
    ],
)
def test_class_or_factory_has_the_methods_of_its_objects(name: str, method: str) -> None:
    assert method in find_methods(name)


@pytest.mark.parametrize(
    "name", ["asyncio.gather", "multiprocessing.get_context", "asyncio.no_such_name"]
)
def test_function_or_missing_name_has_no_methods(name: str) -> None:
    assert find_methods(name) == frozenset()
