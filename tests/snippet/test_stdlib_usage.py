"""Analysis of the standard library names and methods that a program uses."""

from __future__ import annotations

import re

import pytest
from helpers.programs import build_snippet

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import AnalysisError, find_usage


def find_names(code: str) -> list[str]:
    return list(find_usage(build_snippet(code)).names)


def find_methods(code: str) -> list[str]:
    return list(find_usage(build_snippet(code)).methods)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import threading\nthreading.Lock()", ["threading.Lock"]),
        ("import threading as t\nt.Lock()", ["threading.Lock"]),
        ("from threading import Lock\nLock()", ["threading.Lock"]),
        ("from threading import Lock as L\nL()", ["threading.Lock"]),
        ("import concurrent.futures\nconcurrent.futures.wait", ["concurrent.futures.wait"]),
        ("import concurrent.futures as cf\ncf.wait", ["concurrent.futures.wait"]),
        ("from concurrent import futures\nfutures.wait", ["concurrent.futures.wait"]),
        ("from asyncio import sleep as nap\nfrom time import sleep\nnap(1)", ["asyncio.sleep"]),
        (
            "import threading\n\nclass Mine(threading.Thread):\n    def f(self, q: 'x'): ...",
            ["threading.Thread"],
        ),
        ("def f():\n    from queue import Queue, Empty\n    Queue()", ["queue.Queue"]),
        ("import subprocess\nsubprocess.run([], stdout=subprocess.PIPE)", ["PIPE", "run"]),
    ],
)
def test_names_are_found_through_imports_aliases_and_attributes(
    code: str, expected: list[str]
) -> None:
    assert [name.removeprefix("subprocess.") for name in find_names(code)] == expected


@pytest.mark.parametrize(
    "code",
    [
        "from queue import Queue",  # an import alone
        "from threading import Lock\nLock = object()\nLock",
        "from threading import Lock\n\ndef f(Lock):\n    Lock()",
        "from threading import Lock\nfrom multiprocessing import Lock\nLock()",
        "from threading import Lock\nmatch {}:\n    case {**Lock}:\n        Lock()",
        "from threading import Lock\nmatch []:\n    case [*Lock]:\n        Lock()",
        "import threading\nthreading.no_such_name",
        "import threading\nthreading._shutdown",
        "from .threading import Lock\nLock()",
        "import mine.threading\nmine.threading.Lock()",
        "'threading.Lock'",
        "Lock()",
    ],
)
def test_unused_rebound_private_and_unknown_names_are_omitted(code: str) -> None:
    assert find_names(code) == []


def test_imported_module_counts_as_used_without_a_use_of_its_names() -> None:
    code = "import os.path, queue\nfrom concurrent import futures\nfrom asyncio.tasks import x\n"
    assert find_usage(build_snippet(code)).modules == ("asyncio", "concurrent.futures", "queue")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("e = threading.Event()\ne.set()\ne.nothing()", ["threading.Event.set"]),
        ("threading.Thread().start()", ["threading.Thread.start"]),
        (
            "ts = [threading.Thread() for _ in range(3)]\nfor t in ts:\n    t.start()",
            ["threading.Thread.start"],
        ),
        ("a = threading.Event()\nfor e in (a, a):\n    e.wait()", ["threading.Event.wait"]),
        ("e = f = threading.Event()\ne.set()", []),
        ("e = threading.Event()\ne = None\ne.set()", []),
        ("e = threading.Event()\ndef f(e):\n    e.set()", []),
        ("for e in e:\n    e.set()", []),
        ("with threading.Lock() as e:\n    e.acquire()", []),
        ("l = threading.Lock()\nl.acquire()", ["threading.Lock.acquire"]),
        ("q = multiprocessing.Queue()\nq.put(1)", ["multiprocessing.Queue.put"]),
        ("l = multiprocessing.Lock()\nl.release()", ["multiprocessing.Lock.release"]),
        (
            "with concurrent.futures.ThreadPoolExecutor() as pool:\n    pool.map(f, [])",
            ["concurrent.futures.ThreadPoolExecutor.map"],
        ),
        (
            "async def f():\n    async with asyncio.TaskGroup() as g:\n        g.create_task(f())",
            ["asyncio.TaskGroup.create_task"],
        ),
        ("if (e := threading.Event()):\n    e.set()", ["threading.Event.set"]),
        ("e: object = threading.Event()\ne.set()", ["threading.Event.set"]),
        ("try: ...\nexcept Exception as e:\n    e.set()", []),
        ("xs = [[threading.Event()]]\nfor x in xs:\n    x.set()", []),
    ],
)
def test_method_is_found_if_all_bindings_of_its_object_have_one_class(
    code: str, expected: list[str]
) -> None:
    imports = "import asyncio, concurrent.futures, multiprocessing, threading\n"
    assert find_methods(imports + code) == expected


def test_import_of_star_is_an_error_with_the_line_of_the_file() -> None:
    with pytest.raises(
        SnippetError,
        match=r"program\.py:6: `from queue import \*` hides which names the program uses",
    ):
        find_usage(build_snippet("import os\nfrom queue import *\n"))


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        (build_snippet("async for x\n"), "does not compile on Python 3."),
        (build_snippet("await x\n"), "does not compile on Python 3."),
        (build_snippet("time python -c 1\n", suffix=".zsh"), "a zsh script"),
    ],
)
def test_program_that_is_not_valid_python_cannot_be_analyzed(snippet: Snippet, reason: str) -> None:
    with pytest.raises(AnalysisError, match=re.escape(reason)):
        find_usage(snippet)


def test_compiler_warnings_are_not_reported() -> None:
    assert find_names('import queue\nx = "\\d" is 1\nqueue.Queue\n') == ["queue.Queue"]
