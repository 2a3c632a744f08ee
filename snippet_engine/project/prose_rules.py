"""The rules for prose: measured values, sentence length, filler, chapter layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from snippet_engine.project.faults import Fault
from snippet_engine.project.fences import find_embeds
from snippet_engine.project.placement import find_similar_name
from snippet_engine.project.plain_text import (
    find_notes,
    find_placeholders,
    split_paragraphs,
    split_sentences,
    split_words,
    strip_markup,
)
from snippet_engine.snippet.model import Snippet

MAX_SENTENCE_WORDS = 35  # most words of a sentence
MIN_CHAPTER_WORDS = 700  # fewest words of a chapter
# Most words of a chapter: BASE for introduction and summary, FOR_EACH for each program, so
# that every added program allows text of its own.
BASE, FOR_EACH = 600, 120
SUMMARY_BULLETS = range(3, 6)
SUMMARY_TITLE = "What to remember"

MEASURED_BY_BENCH = PurePosixPath("about/performance.md")  # `make bench` writes its numbers

FILLER = re.compile(
    r"\b(?:simply|easy|obviously|of\s+course|just(?!\s+(?:as|before|after|now|that|then|this)\b))\b",
    re.IGNORECASE,
)
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
    """A piece of plain prose that begins at `line` of the file `path`."""

    path: PurePosixPath
    line: int
    text: str

    def fault(self, offset: int, message: str) -> Fault:
        """Return a fault at the line that is `offset` characters into this text."""
        return Fault(self.path, self.line + self.text.count("\n", 0, offset), message)


def extract_page_texts(path: PurePosixPath, page: str) -> list[Text]:
    """Return the prose of a page and each of its notes; `path` is relative to docs/."""
    file = "docs" / path
    notes = [Text(file, line, note) for line, note in find_notes(page)]
    return [Text(file, 1, strip_markup(page)), *notes]


def extract_snippet_texts(snippet: Snippet) -> list[Text]:
    """Return the prose in the metadata of a snippet: title, guarantees, outcomes."""
    entries = [snippet.title, *(guarantee.says for guarantee in snippet.guarantees)]
    for outcome in snippet.outcomes:
        entries += [outcome.name, outcome.says]
    lines = snippet.head.splitlines()
    path = PurePosixPath(snippet.path.as_posix())
    return [
        Text(
            path,
            next((n for n, line in enumerate(lines, 1) if entry in line), 1),
            strip_markup(entry),
        )
        for entry in entries
    ]


def check_text(text: Text, *, times: bool = True) -> Iterator[Fault]:
    """Yield a fault for each typed time, filler word and long sentence of a text.

    If `times` is false, typed times are allowed.
    """
    for at, time in find_times(text.text) if times else ():
        remedy = "claim it in a snippet and write {{ chapter/name measure }}"
        yield text.fault(at, f"a time is typed by hand, {time!r}; {remedy}")
    for match in FILLER.finditer(text.text):
        word = " ".join(match[0].split())
        yield text.fault(match.start(), f"{word!r} is no help for a reader; leave it out")
    for line, paragraph in split_paragraphs(text.text):
        for sentence in split_sentences(paragraph):
            count = len(split_words(sentence))
            if count > MAX_SENTENCE_WORDS:
                opening = " ".join(sentence.split()[:5])
                message = f"a sentence of {count} words, more than {MAX_SENTENCE_WORDS}"
                yield Fault(text.path, text.line + line - 1, f"{message}; cut {opening!r} in two")


def check_measures(
    path: PurePosixPath, page: str, claims: Mapping[str, Iterable[str] | None]
) -> Iterator[Fault]:
    """Yield a fault for each placeholder with an unknown snippet or measure.

    `claims` maps each snippet to the measures that it claims, or to None if its file is
    invalid. `path` is relative to docs/.
    """
    for line, name, measure in find_placeholders(page):
        measures = claims.get(name)
        if name not in claims:
            similar = find_similar_name(name, claims)
            hint = f"did you mean {similar!r}?" if similar else "correct the name"
            yield Fault("docs" / path, line, f"there is no snippet {name!r}; {hint}")
        elif measures is not None and measure not in measures:
            claimed = ", ".join(measures) or "nothing"
            message = f"{name} does not claim {measure!r}; add it to its claims ({claimed})"
            yield Fault("docs" / path, line, message)


def check_notes(path: PurePosixPath, page: str, snippets: Mapping[str, Snippet]) -> Iterator[Fault]:
    """Yield a fault for each note of a page whose key is in no line of its program.

    `snippets` are the valid snippets by name. `path` is relative to docs/.
    """
    for embed in find_embeds(page):
        if snippet := snippets.get(embed.name or ""):
            for part in embed.notes:
                if not any(part in text for text in snippet.code.split("\n")):
                    error = f"no line of {snippet.name} has {part!r}"
                    yield Fault("docs" / path, embed.line, f"{error}; correct the key of this note")


def count_words(page: str) -> int:
    """Return the number of words of a page, without headings, tables and code blocks."""
    return sum(len(split_words(paragraph)) for _, paragraph in split_paragraphs(strip_markup(page)))


def limit_words(programs: int) -> int:
    """Return the most words that a chapter with `programs` programs may have."""
    return BASE + FOR_EACH * programs


def check_chapter(path: PurePosixPath, page: str, programs: int) -> Iterator[Fault]:
    """Yield the faults of a chapter in its length, opening question and last section.

    `path` is relative to docs/; `programs` is the number of programs of the chapter.
    """
    file = "docs" / path
    count, most = count_words(page), limit_words(programs)
    if count > most:
        limit = f"{most} ({BASE}, and {FOR_EACH} for each of {programs} programs)"
        yield Fault(file, 1, f"{count} words, more than {limit}; shorten it")
    if count < MIN_CHAPTER_WORDS:
        error = f"{count} words, fewer than {MIN_CHAPTER_WORDS}"
        yield Fault(file, 1, f"{error}; a chapter explains more")
    line, first = next(iter(split_paragraphs(strip_markup(page))), (1, ""))
    if "?" not in first:
        error = "the first paragraph asks no question"
        yield Fault(file, line, f"{error}; ask what the chapter answers")
    *_, last = re.split(r"^## ", page, flags=re.MULTILINE)
    at = page[: len(page) - len(last)].count("\n") + 1
    if not last.startswith(f"{SUMMARY_TITLE}\n"):
        error = f"the last section is not {SUMMARY_TITLE!r}"
        yield Fault(file, at, f"{error}; end the chapter with it")
    elif (bullets := len(re.findall(r"^[-*] ", last, re.MULTILINE))) not in SUMMARY_BULLETS:
        bounds = f"{SUMMARY_BULLETS[0]} to {SUMMARY_BULLETS[-1]}"
        yield Fault(file, at, f"{bullets} bullets under {SUMMARY_TITLE!r}; write {bounds}")


def find_times(text: str) -> list[tuple[int, str]]:
    """Return the offset and text of each number with a unit of time in plain prose."""
    return [(match.start(), " ".join(match[0].split())) for match in _TIME.finditer(text)]
