"""A snippet's file as a reader can run it, with plain Python or zsh.

The head, the program and the recording are those of the snippet's file. Between the head
and the program comes a preamble where the file alone does not do what the page shows: notes
on what the program needs, its start method, its setup.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from snippet_engine.humanize import listed
from snippet_engine.snippet.model import Snippet

_ENDLESS = """\
# This program never ends by itself. Press Ctrl-C to stop it, and again if threads
# are still running.
"""
_DEADLOCK = """\
# This program may deadlock. Then press Ctrl-C to stop it, and again if threads are
# still running.
"""
_WHY = {
    "fork": "which is not the default from Python 3.14 on, nor on macOS",
    "forkserver": "which is not the default before Python 3.14, nor on macOS",
    "spawn": "which is not the default on Linux",
}
# Every system has spawn; the other methods are missing on Windows. A child that imports this
# file chooses the method again, so it is forced.
_NO_METHOD = """\
if "{method}" not in multiprocessing.get_all_start_methods():
    raise SystemExit(
        "This program needs the {method} start method, which this system does not have.\\n"
        "On Windows, run it in WSL."
    )
"""
_SET_METHOD = 'multiprocessing.set_start_method("{method}", force=True)\n'
_SETUP = "# What an earlier program left behind:\n"
_BEGIN = "# The program begins below.\n"


def standalone_text(snippet: Snippet) -> str:
    """Return the file of `snippet` for a reader: its own text, with a preamble if it needs one."""
    parts = list(_preamble(snippet))
    if not parts:
        return snippet.text
    lines = snippet.code.splitlines(keepends=True)
    first = _count_first_lines(snippet)
    code = "".join([*lines[:first], *parts, _BEGIN, *lines[first:]])
    return snippet.head + code + snippet.text[len(snippet.head) + len(snippet.code) :]


def _preamble(snippet: Snippet) -> Iterator[str]:
    if snippet.language == "zsh":
        yield _zsh_needs(snippet)
    elif snippet.dependencies:
        install = f"pip install {shlex.join(snippet.dependencies)}"
        yield f"# Needs {listed(list(snippet.dependencies))}: `{install}`,\n"
        yield f"# or run this file with `uv run {shlex.quote(snippet.path.name)}`.\n"
    if snippet.stops:
        yield _ENDLESS
    elif snippet.patience:
        yield _DEADLOCK
    if snippet.language == "python":
        yield from _start_method(snippet)
        if snippet.setup:
            yield f"{_SETUP}{snippet.setup.strip()}\n"


def _zsh_needs(snippet: Snippet) -> str:
    text = "# Needs zsh"
    if re.search(r"\bpython\b", snippet.code):
        text += " and a `python` command"
    if snippet.dependencies:
        text += f" with {listed(list(snippet.dependencies))}"
        text += f": `pip install {shlex.join(snippet.dependencies)}`"
    return f"{text}.\n"


def _start_method(snippet: Snippet) -> Iterator[str]:
    if method := snippet.start_method:
        yield f'# This program needs the "{method}" start method of multiprocessing,\n'
        yield f"# {_WHY[method]}.\nimport multiprocessing\n\n"
        if method != "spawn":
            yield _NO_METHOD.format(method=method)
        yield _SET_METHOD.format(method=method)


def _count_first_lines(snippet: Snippet) -> int:
    """Return how many lines must stay first: a docstring, and imports from `__future__`."""
    if snippet.language != "python":
        return 0
    try:
        body = ast.parse(snippet.code).body
    except SyntaxError:  # the program is there to show it
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
