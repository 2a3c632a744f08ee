"""Detection of compute-only functions, as Python 3.11 compiles them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import pytest
from helpers.probed import import_probe_module

__all__ = ["import_probe_module"]  # a fixture

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="other versions compile to other bytecode"
)


FindNames = Callable[[str], list[str]]


@pytest.fixture
def find_names(import_probe_module: Callable[[str], Any]) -> FindNames:
    """Return a function that names the compute-only functions of a program."""
    find_compute_only = import_probe_module("compute_only_functions").find_compute_only

    def find_names(program: str) -> list[str]:
        code = compile(dedent(program), "program.py", "exec")
        return [function.co_name for function in find_compute_only(code)]

    return find_names


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
def test_loop_without_calls_that_may_wait_is_compute_only(find_names: FindNames, body: str) -> None:
    assert find_names(f"def f(n):\n    {body}\n") == ["f"]


@pytest.mark.parametrize(
    "body",
    [
        "n += 1",  # no loop
        "for i in n: n += i",  # `n` may be a generator
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
def test_function_that_may_wait_or_be_a_fiber_is_not_compute_only(
    find_names: FindNames, body: str
) -> None:
    assert find_names(f"def f(n):\n    {body}\n") == []


def test_functions_in_functions_and_classes_are_found(find_names: FindNames) -> None:
    """A coroutine is none, but may contain one."""
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
    assert find_names(program) == ["inner", "method", "within"]
