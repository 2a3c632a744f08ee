"""The prose of the site as plain text: what a reader reads, without code, links and numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from snippet_engine import prose

MEASURED = re.compile(prose.PATTERN)

_FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)
_QUOTE = re.compile(r"^!!! quote.*\n(?:(?: {4}.*)?\n)*", re.MULTILINE)  # others' words
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(?<=\])\([^)\s]*\)|\{ *[.#:][^}\n]*\}|<[^>\n]*>|https?://\S+")
_NUMBER = (
    r"(?:\d[\d.,_]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)"
)
_UNIT = (
    r"(?:(?:milli|micro|nano)?sec(?:ond)?s?|ms|µs|μs|us|ns|s|usec|msec|min(?:ute)?s?|hours?)"
    r"(?![\w/])"
)
_TIME = re.compile(rf"(?<![\w.]){_NUMBER}(?:[\s\u00a0\u202f-]+(?:more\s+)?)?{_UNIT}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """Prose that stands at `line` of `place`."""

    place: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.text}"


def blanked(pattern: re.Pattern[str], text: str, mark: str = "") -> str:
    """`text` with what matches left out, its lines kept."""
    return pattern.sub(lambda match: mark + "\n" * match[0].count("\n"), text)


def plain(page: str) -> str:
    """A page of Markdown without fences, quotes, code and link targets, line by line."""
    for pattern in (_FRONT, _FENCE, _QUOTE):
        page = blanked(pattern, page)
    page = blanked(_CODE, page, "`")
    page = blanked(MEASURED, page, "`")
    return blanked(_LINK, page)


def notes(page: str) -> Iterator[tuple[int, str]]:
    """The notes that a page ties to lines of its programs, each with its line."""
    for fence in re.finditer(r"^```python exec.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        begins = page.count("\n", 0, fence.start(1))
        for node in ast.walk(ast.parse(fence[1])):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                for value in getattr(node.args[1], "values", ()):
                    yield begins + value.lineno, plain(ast.literal_eval(value))


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


def times(text: str) -> list[tuple[int, str]]:
    """The numbers with a unit of time in plain prose, each with its line."""
    found = []
    for match in _TIME.finditer(text):
        found.append((text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())))
    return found
