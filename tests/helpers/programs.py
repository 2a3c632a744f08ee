"""Small snippets made on the spot, for the tests of the engine."""

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
    says = "It is so."
    pattern = "a"

    [[tool.snippet.outcomes]]
    name = "other"
    grade = "surprising"
    says = "It is not."
    pattern = "b"
"""


def text_of(code: str, *, head: str = "", recording: str = "") -> str:
    """The text of a snippet file around `code`, `head` being lines of TOML."""
    keys = "".join(f"# {line}\n" for line in dedent(head).strip().splitlines())
    title = "" if "title" in head else '# title = "A program"\n'
    return (
        f"# /// script\n# [tool.snippet]\n{title}{keys}# ///\n"
        f"{dedent(code).lstrip()}{dedent(recording).lstrip()}"
    )


def snippet_of(code: str, *, head: str = "", recording: str = "", suffix: str = ".py") -> Snippet:
    """The snippet around `code`."""
    path = Path(f"snippets/tests/program{suffix}")
    return parse_snippet(text_of(code, head=head, recording=recording), path, "tests/program")


def printed(run: Run, stream: str = "stdout") -> list[str]:
    """The lines of one stream."""
    return [line.text for line in run.lines if line.stream == stream]


def run_code(code: str, *, head: str = "", seconds: float = 20.0) -> Run:
    """The run of a small program."""
    return execute(snippet_of(code, head=head), limits=Limits(seconds=seconds))
