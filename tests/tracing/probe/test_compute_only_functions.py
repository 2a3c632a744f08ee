"""Which functions compute, and call nothing that could wait, as Python 3.11 compiles them."""

from __future__ import annotations

import importlib
import sys
from textwrap import dedent
from typing import Any

import pytest

from snippet_engine.execution import paths

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="other versions compile to other bytecode"
)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """That part of the probe."""
    monkeypatch.syspath_prepend(str(paths.PROBE))
    return importlib.import_module("_snippet_probe.compute_only_functions")


def found(module: Any, program: str) -> list[str]:
    """The names of the functions of `program` that compute."""
    return [
        one.co_name for one in module.find_compute_only(compile(dedent(program), "x.py", "exec"))
    ]


@pytest.mark.parametrize(
    "body",
    [
        "while n: n -= 1",
        "for i in range(n): n += i * i",
        "for i in range(n): n += int('1')\n    print(f'{n} of', len(str(n)))",
        "for i in range(n):\n        for j in range(i): n ^= j\n    return n",
        "global m\n    for _ in range(n): m += 1",
        "while busy: pass",
        "\n    ".join(f"a{i} = b{i}" for i in range(300)) + "\n    for i in range(n): n += 1",
    ],
)
def test_a_loop_of_its_own_computes(module: Any, body: str) -> None:
    """Whatever it reads, writes and prints."""
    assert found(module, f"def f(n):\n    {body}\n") == ["f"]


@pytest.mark.parametrize(
    "body",
    [
        "n += 1",  # nothing lasts
        "for i in n: n += i",  # perhaps a generator
        "for i in range(n): n = max(range(3))\n    for i in n: pass\n",
        "for i in range(n): g(i)",
        "for i in range(n): n.f(i)",
        "for i in range(n): n += 1\n    time.sleep(1)",
        "for i in range(n): (g or n)()",
        "for i in range(n): f(*n)",
        "for i in range(n):\n        with n: pass",
        "for i in range(n): import m",
        "for i in range(n): yield i",
        "return [i for i in range(n)]",
        "while True:\n        def g(): pass",
    ],
)
def test_what_could_wait_or_be_a_lane_does_not(module: Any, body: str) -> None:
    """A call of anything else could, and who knows what a function is that is given."""
    assert found(module, f"def f(n):\n    {body}\n") == []


def test_functions_are_found_wherever_they_are_defined(module: Any) -> None:
    """In functions and in classes; a coroutine is none, but may have one within."""
    program = """
        def outer():
            def inner():
                while 1: pass
            return inner
        class C:
            def method(self):
                while self.n: self.n -= 1
        async def task():
            while wanted: pass
            def within():
                while 1: pass
    """
    assert found(module, program) == ["inner", "method", "within"]
