"""Distinction of the program's own code from that of libraries."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Callable
from typing import Any

import pytest
from helpers.probed import PROBE, RunProgram, import_probe_module, python, run_program

__all__ = ["import_probe_module", "python", "run_program"]  # fixtures


@pytest.fixture
def program_code(import_probe_module: Callable[[str], Any]) -> Any:
    return import_probe_module("program_code")


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("program.py", True),
        ("/work/run/program.py", True),
        (queue.__file__, False),
        (os.path.join(os.path.dirname(os.__file__), "site-packages", "p.py"), False),
        ("/venv/lib/site-packages/p.py", False),
        (str(PROBE / "sitecustomize.py"), False),
        (str(PROBE / "_snippet_probe" / "workers.py"), False),
        ("<frozen importlib._bootstrap>", False),
        ("<string>", False),
    ],
)
def test_code_is_the_programs_by_its_file(program_code: Any, filename: str, expected: bool) -> None:
    assert program_code.is_program_code(compile("", filename, "exec")) == expected


def test_line_is_that_of_the_innermost_program_frame(program_code: Any) -> None:
    def call(function: Callable[[], object]) -> object:
        return eval(compile("function()", queue.__file__, "eval"), {"function": function})

    library_frame = call(lambda: sys._getframe(1))
    assert program_code.find_program_line(library_frame) == call.__code__.co_firstlineno + 1
    assert program_code.find_program_line(None) is None


def test_command_line_program_has_lines(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "\\nimport time; time.sleep(0.01)"])
        """
    )
    [child] = [worker for worker in probed.find_workers("process") if worker.parent]
    assert probed.find_longest_wait(child, "sleep").line == 2
