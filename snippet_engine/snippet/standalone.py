"""The version of a snippet's file that readers can run with plain Python or zsh.

It has the head, program and recordings of the snippet's file. If that file alone would not
behave as the page shows, a preamble is added to the program: notes on requirements, the start
method, and the setup.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from snippet_engine.humanize import join_words
from snippet_engine.snippet.model import Snippet

_ENDLESS_NOTE = """\
# This program never ends by itself. Press Ctrl-C to stop it, and again if threads
# are still running.
"""
_DEADLOCK_NOTE = """\
# This program may deadlock. Then press Ctrl-C to stop it, and again if threads are
# still running.
"""
_METHOD_NOTES = {
    "fork": "which is not the default from Python 3.14 on, nor on macOS",
    "forkserver": "which is not the default before Python 3.14, nor on macOS",
    "spawn": "which is not the default on Linux",
}
# The methods other than spawn are missing on Windows. `force` is needed because a child that
# imports the file sets the method again.
_CHECK_METHOD = """\
if "{method}" not in multiprocessing.get_all_start_methods():
    raise SystemExit(
        "This program needs the {method} start method, which this system does not have.\\n"
        "On Windows, run it in WSL."
    )
"""
_SET_METHOD = 'multiprocessing.set_start_method("{method}", force=True)\n'
_SETUP_NOTE = "# What an earlier program left behind:\n"
_BEGIN_NOTE = "# The program begins below.\n"


def build_standalone_text(snippet: Snippet) -> str:
    """Return the file of `snippet` with a preamble, if it needs one to run alone."""
    parts = list(_build_preamble(snippet))
    if not parts:
        return snippet.text
    lines = snippet.code.splitlines(keepends=True)
    first = _count_first_lines(snippet)
    code = "".join([*lines[:first], *parts, _BEGIN_NOTE, *lines[first:]])
    return snippet.head + code + snippet.text[len(snippet.head) + len(snippet.code) :]


def _build_preamble(snippet: Snippet) -> Iterator[str]:
    if snippet.language == "zsh":
        yield _describe_zsh_needs(snippet)
    elif snippet.dependencies:
        install = f"pip install {shlex.join(snippet.dependencies)}"
        yield f"# Needs {join_words(list(snippet.dependencies))}: `{install}`,\n"
        yield f"# or run this file with `uv run {shlex.quote(snippet.path.name)}`.\n"
    if snippet.stop_after:
        yield _ENDLESS_NOTE
    elif snippet.time_limit:
        yield _DEADLOCK_NOTE
    if snippet.language == "python":
        yield from _set_start_method(snippet)
        if snippet.setup:
            yield f"{_SETUP_NOTE}{snippet.setup.strip()}\n"


def _describe_zsh_needs(snippet: Snippet) -> str:
    text = "# Needs zsh"
    if re.search(r"\bpython\b", snippet.code):
        text += " and a `python` command"
    if snippet.dependencies:
        text += f" with {join_words(list(snippet.dependencies))}"
        text += f": `pip install {shlex.join(snippet.dependencies)}`"
    return f"{text}.\n"


def _set_start_method(snippet: Snippet) -> Iterator[str]:
    if method := snippet.start_method:
        yield f'# This program needs the "{method}" start method of multiprocessing,\n'
        yield f"# {_METHOD_NOTES[method]}.\nimport multiprocessing\n\n"
        if method != "spawn":
            yield _CHECK_METHOD.format(method=method)
        yield _SET_METHOD.format(method=method)


def _count_first_lines(snippet: Snippet) -> int:
    """Return how many lines of the program must stay first.

    These are its docstring and its imports from `__future__`.
    """
    if snippet.language != "python":
        return 0
    try:
        body = ast.parse(snippet.code).body
    except SyntaxError:  # some programs demonstrate one
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
