"""The prose of a page as plain text: what a reader reads, without code, links and numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# A snippet, then one of its claims.
PATTERN = r"\{\{ *([\w-]+/[\w-]+) +([^{}]+?) *\}\}"
MEASURED = re.compile(PATTERN)

_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)
_QUOTE = re.compile(r"^!!! quote.*\n(?:(?: {4}.*)?\n)*", re.MULTILINE)  # the words of others
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(?<=\])\([^)\s]*\)|\{ *[.#:][^}\n]*\}|<[^>\n]*>|https?://\S+")


def measures_in(page: str) -> Iterator[tuple[int, str, str]]:
    """Each `{{ chapter/name measure }}` of a page's prose: its line, the name, the measure."""
    text = _blank(_CODE, _blank(_FENCE, page))
    for match in MEASURED.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1], " ".join(match[2].split())


def plain(page: str) -> str:
    """A page of Markdown without fences, quotes, code and link targets; its lines are kept.

    A code span and a measured number are a backtick each.
    """
    for pattern in (_FRONT, _FENCE, _QUOTE):
        page = _blank(pattern, page)
    page = _blank(_CODE, page, "`")
    page = _blank(MEASURED, page, "`")
    return _blank(_LINK, page)


def _blank(pattern: re.Pattern[str], text: str, mark: str = "") -> str:
    return pattern.sub(lambda match: mark + "\n" * match[0].count("\n"), text)


def notes(page: str) -> Iterator[tuple[int, str]]:
    """The notes that a page ties to lines of its programs, as plain text with their lines."""
    for fence in re.finditer(r"^```python exec.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        begins = page.count("\n", 0, fence.start(1))
        try:
            tree = ast.parse(fence[1])
        except SyntaxError:  # the build reports it
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                for value in getattr(node.args[1], "values", ()):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield begins + value.lineno, plain(value.value)


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Each paragraph and list item of plain prose, with its line; no headings, no tables."""
    block: list[str] = []
    began = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        bare = line.strip()
        starts = bool(re.match(r"(?:[-*+]|\d+\.) ", bare))
        ends = not bare or bare.startswith(("#", "|", "!!!", "???"))
        if (ends or starts) and block:
            yield began, " ".join(block)
            block = []
        if not ends:
            if not block:
                began = number
            block.append(re.sub(r"^(?:[-*+]|\d+\.) +", "", bare))


def sentences(paragraph: str) -> list[str]:
    """A paragraph cut after each full stop, question mark or exclamation mark."""
    return re.split(r"(?<=[.!?])[*_)”\"]*\s+(?=[A-Z`*_(“\"\[])", paragraph)


def words(text: str) -> list[str]:
    """The words of plain prose; a code span counts as one."""
    return re.findall(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?|`|\d+", text)
