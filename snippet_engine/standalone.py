"""A snippet as a reader can run it: with what the site does for it in comments and code.

The head, the program and the recording are as they are in the snippet's file. What the
program needs besides is between the head and the program: its setup, its start method, and
comments on what plain Python does not say.
"""

from __future__ import annotations

import ast

from .snippet import LANGUAGES, Snippet
from .words import listed

_FORK = """\
# This program needs the "fork" start method of multiprocessing, which is not the default
# from Python 3.14 on, nor on macOS. Windows has none: there it does not run.
"""
_OTHER = '# This program needs the "{method}" start method of multiprocessing.\n'
_SET = 'import multiprocessing\n\nmultiprocessing.set_start_method("{method}", force=True)\n'
_SETUP = "# What an earlier program left behind:\n"
_ENDLESS = "# This program never ends by itself: stop it with Ctrl-C.\n"
_BEGIN = "# The program:\n"


def standalone_text(snippet: Snippet) -> str:
    """Return the file of `snippet` for a reader; the same as its own where nothing is missing."""
    preamble = preamble_of(snippet)
    if not preamble:
        return snippet.text
    lines = snippet.code.splitlines(keepends=True)
    at = _first_line_after_future(snippet)
    code = "".join(lines[:at]) + preamble + _BEGIN + "".join(lines[at:])
    return snippet.head + code + snippet.text[len(snippet.head) + len(snippet.code) :]


def preamble_of(snippet: Snippet) -> str:
    """Return what a reader needs before the program, as comments and code; often nothing."""
    parts = []
    if snippet.dependencies:
        parts.append(_needs(snippet))
    if snippet.stops:
        parts.append(_ENDLESS)
    if method := snippet.start_method:
        parts.append(_FORK if method == "fork" else _OTHER.format(method=method))
        parts.append(_SET.format(method=method))
    if snippet.setup:
        parts.append(_SETUP + snippet.setup.strip() + "\n")
    return "".join(parts)


def _needs(snippet: Snippet) -> str:
    packages = listed(list(snippet.dependencies))
    file = snippet.path.name
    if snippet.path.suffix == ".py":
        return f"# Needs {packages}: `uv run {file}` fetches what it needs.\n"
    return f"# Needs {packages} for the `python` that it runs.\n"


def _first_line_after_future(snippet: Snippet) -> int:
    """Return how many lines have to stay first: a docstring, and imports from `__future__`."""
    if LANGUAGES[snippet.path.suffix] != "python":
        return 0
    try:
        body = ast.parse(snippet.code).body
    except SyntaxError:  # that is what the program shows
        return 0
    last = 0
    for number, node in enumerate(body):
        match node:
            case ast.Expr(value=ast.Constant(value=str())) if number == 0:
                last = node.end_lineno or 0
            case ast.ImportFrom(module="__future__"):
                last = node.end_lineno or 0
            case _:
                break
    return last
