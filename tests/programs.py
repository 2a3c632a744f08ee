"""Small snippets made on the spot, for the tests of the engine."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.parser import parse


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
    return parse(text_of(code, head=head, recording=recording), path, "tests/program")
