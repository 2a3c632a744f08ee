"""Small snippets and their runs, for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.parser import parse_snippet

# Heads of programs that race.
OUTCOMES_HEAD = """
    [[tool.snippet.outcomes]]
    name = "counted"
    grade = "expected"
    says = "They took turns."
    pattern = "^n = 2$"

    [[tool.snippet.outcomes]]
    name = "deadlock"
    grade = "surprising"
    says = "Each waits for the other."
    hangs = 1.5

    [[tool.snippet.outcomes]]
    name = "invented"
    grade = "forbidden"
    says = "Nothing adds three."
    pattern = "^n = 3$"
"""
RACE = """
    [[tool.snippet.outcomes]]
    name = "one"
    grade = "expected"
    says = "The first case."
    pattern = "a"

    [[tool.snippet.outcomes]]
    name = "other"
    grade = "surprising"
    says = "The other case."
    pattern = "b"
"""


def build_text(code: str, *, head: str = "", recording: str = "") -> str:
    """Return the text of a snippet file with this `code`; `head` has lines of TOML."""
    keys = "".join(f"# {line}\n" for line in dedent(head).strip().splitlines())
    title = "" if "title" in head else '# title = "A program"\n'
    return (
        f"# /// script\n# [tool.snippet]\n{title}{keys}# ///\n"
        f"{dedent(code).lstrip()}{dedent(recording).lstrip()}"
    )


def build_snippet(
    code: str, *, head: str = "", recording: str = "", suffix: str = ".py"
) -> Snippet:
    """Return the snippet with this `code`."""
    path = Path(f"snippets/tests/program{suffix}")
    return parse_snippet(build_text(code, head=head, recording=recording), path, "tests/program")


def select_lines(run: Run, stream: str = "stdout") -> list[str]:
    """Return the lines of one stream."""
    return [line.text for line in run.lines if line.stream == stream]


def run_code(code: str, *, head: str = "", seconds: float = 20.0) -> Run:
    """Run a small program and return its run."""
    return execute(build_snippet(code, head=head), limits=Limits(seconds=seconds))
