"""The fences of a page that markdown-exec runs, and the snippets that they embed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from textwrap import dedent

_FENCE = re.compile(r"^( *)(`{3,}|~{3,}) *(.*)$")
# markdown-exec runs a fence unless the value of `exec` is one of these.
_RUN = re.compile(r"""\bexec=["']?(?!["' ]|no\b|off\b|false\b|0\b)\w""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Embed:
    """A snippet in a call of `show` or `compare`, at `line` of a page (from 1).

    `name` is None if the argument is not a string literal or is empty. `notes` are the notes
    given as a literal.
    """

    call: str
    name: str | None
    line: int
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)


def format_fence(name: str) -> str:
    """Return the Markdown fence that shows the snippet `name` on a page."""
    return (
        '```python exec="on" html="on"\n'
        "from snippet_engine import show\n"
        f'print(show("{name}"))\n'
        "```\n"
    )


@lru_cache
def find_embeds(page: str) -> tuple[Embed, ...]:
    """Return the snippets embedded in the text of a page, in order.

    A fence with a syntax error is skipped; markdown-exec reports it. A fence that imports
    `show` without calling it gives an embed without a name.
    """
    embeds: list[Embed] = []
    for line, code in _find_run_fences(page):
        try:
            tree = ast.parse(code)
        except SyntaxError:
            continue
        calls = sorted(_find_calls(tree, line), key=lambda embed: embed.line)
        if _imports_show(tree) and all(embed.call != "show" for embed in calls):
            calls.append(Embed("show", None, line))
        embeds += calls
    return tuple(embeds)


def _find_run_fences(page: str) -> Iterator[tuple[int, str]]:
    """Yield the opening line's number and the code of each Python fence that is run."""
    opening: re.Match[str] | None = None
    opening_line, code = 0, list[str]()
    for number, line in enumerate(page.splitlines(), 1):
        fence = _FENCE.match(line)
        if opening is None:
            if fence:
                opening, opening_line, code = fence, number, []
        elif fence and not fence[3] and fence[2].startswith(opening[2]):
            if opening[3].startswith("python") and _RUN.search(opening[3]):
                yield opening_line, dedent("\n".join(code))
            opening = None
        else:
            code.append(line)


def _find_calls(tree: ast.AST, line: int) -> Iterator[Embed]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at = line + node.lineno
        if name == "compare":
            yield from (Embed(name, _read_text(value), at) for value in node.args)
        elif name == "show":
            arguments = dict(zip(("name", "notes"), node.args, strict=False))
            arguments |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            notes = _read_notes(arguments.get("notes"))
            yield Embed(name, _read_text(arguments.get("name")), at, notes)


def _read_text(node: ast.expr | None) -> str | None:
    """Return the value of a string literal, or None if it is empty or not a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value or None
    return None


def _read_notes(node: ast.expr | None) -> dict[str, str]:
    """Return the notes in a dict literal, without entries that are not literals."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    texts = {_read_text(part): _read_text(note) for part, note in pairs}
    return {part: note for part, note in texts.items() if part and note}


def _imports_show(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "snippet_engine"
        and any(alias.name == "show" for alias in node.names)
        for node in ast.walk(tree)
    )
