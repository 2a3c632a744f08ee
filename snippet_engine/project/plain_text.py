"""The prose of a page as plain text, without code, links and measured values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# The name of a snippet, followed by one of the measures that it claims.
PLACEHOLDER_PATTERN = r"\{\{ *([\w-]+/[\w-]+) +([^{}]+?) *\}\}"
PLACEHOLDER = re.compile(PLACEHOLDER_PATTERN)

_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)
_QUOTE = re.compile(r"^!!! quote.*\n(?:(?: {4}.*)?\n)*", re.MULTILINE)  # not this site's own prose
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(?<=\])\([^)\s]*\)|\{ *[.#:][^}\n]*\}|<[^>\n]*>|https?://\S+")


def find_placeholders(page: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, name and measure of each `{{ chapter/name measure }}` of a page.

    Placeholders in code are skipped.
    """
    text = _blank(_CODE, _blank(_FENCE, page))
    for match in PLACEHOLDER.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1], " ".join(match[2].split())


def strip_markup(page: str) -> str:
    """Return the text of a Markdown page without code, quotes and link targets.

    Line numbers do not change. Each code span and measured value becomes one backtick.
    """
    for pattern in (_FRONT, _FENCE, _QUOTE):
        page = _blank(pattern, page)
    page = _blank(_CODE, page, "`")
    page = _blank(PLACEHOLDER, page, "`")
    return _blank(_LINK, page)


def _blank(pattern: re.Pattern[str], text: str, mark: str = "") -> str:
    return pattern.sub(lambda match: mark + "\n" * match[0].count("\n"), text)


def find_notes(page: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the plain text of each note that a page passes to `show`."""
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
                        yield begins + value.lineno, strip_markup(value.value)


def split_paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line's number and the text of each paragraph and list item.

    Headings and tables are skipped.
    """
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


def split_sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph.

    A sentence ends with a full stop, question mark or exclamation mark before a capital
    letter or mark-up.
    """
    return re.split(r"(?<=[.!?])[*_)”\"]*\s+(?=[A-Z`*_(“\"\[])", paragraph)


def split_words(text: str) -> list[str]:
    """Return the words and numbers of plain prose; a code span is one word."""
    return re.findall(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?|`|\d+", text)
