"""What the pages say: no number typed by hand, British spelling, short plain sentences."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from conftest import LIBRARY, ROOT
from markdown import markdown
from reading import MEASURED, Text, blanked, notes, paragraphs, plain, sentences, times, words
from spellchecker import SpellChecker

DOCS = Path(ROOT, "docs")
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("**/*.md"))
MADE = "about/performance.md"  # `make bench` writes it from what it has measured
CHAPTERS = [
    "one-at-a-time",
    "processes",
    "threads",
    "shared-state",
    "locks",
    "queues",
    "taking-turns",
    "asyncio",
    "choosing",
]
LONGEST = 35  # words of a sentence
LENGTH = range(700, 1501)  # words of a chapter
BULLETS = range(3, 6)

FILLER = re.compile(
    r"\b(?:simply|easy|obviously|of\s+course|just(?!\s+(?:as|before|after|now|that|then|this)\b))\b",
    re.IGNORECASE,
)
# American forms by codespell's list that are British as well.
BOTH = {
    *("artifact", "artifacts", "biased", "focused", "focuses", "focusing", "judgment"),
    *("license", "licensed", "licenses", "licensing", "meter", "meters", "overwritable"),
    *("practice", "practices", "program", "routing", "stories", "story", "writable"),
}


def page(name: str) -> str:
    """The Markdown of a page."""
    return Path(DOCS, name).read_text(encoding="utf-8")


def said(name: str) -> list[Text]:
    """Everything that a page says in words: its prose, its notes, its snippets' sentences."""
    text = page(name)
    place = f"docs/{name}"
    found = [Text(place, 1, plain(text))]
    found += [Text(place, line, note) for line, note in notes(text)]
    for snippet in map(LIBRARY.read, LIBRARY.names()):
        if snippet.chapter == name.removesuffix(".md"):
            entries = [snippet.title, *(one.says for one in snippet.guarantees)]
            for outcome in snippet.outcomes:
                entries += [outcome.name, outcome.says]
            found += [Text(str(snippet.path), 1, plain(entry)) for entry in entries]
    return found


# Numbers


@pytest.mark.parametrize("name", [name for name in PAGES if name != MADE])
def test_no_time_is_typed_by_hand(name: str) -> None:
    """Numbers with a unit of time are measured, so that prose agrees with the run beside it."""
    found = [
        str(Text(one.place, one.line + line - 1, time))
        for one in said(name)
        for line, time in times(one.text)
    ]
    assert found == [], "claim it in a snippet and write {{ chapter/name measure }}"


@pytest.mark.parametrize(
    "text",
    [
        "It takes 5 ms.",
        "It takes 1.07 s.",
        "after 2s",
        "in 1,200 µs",
        "a 10-second wait",
        "nine seconds of sleep",
        "Two minutes later",
        "twelve\nmicroseconds",
        "0.2 to 0.5 seconds",
        "two more seconds",
        "3 minutes",
    ],
)
def test_a_typed_time_is_found(text: str) -> None:
    """Digits and words, with and without a space, over the end of a line."""
    assert times(plain(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "It takes {{ threads/thread-pool seconds }}.",
        "`sleep(1)` waits; so does `wait 5 s`",
        "```text\nafter 5 ms\n```",
        "one second, a second, half a second, every few milliseconds",
        "nine threads, Python 3.12 supports it, in 2 steps",
        "the second of two",
        "[the link](https://example.org/5-seconds)",
        "two use it, 10 units",
    ],
)
def test_what_is_no_typed_time_is_left_alone(text: str) -> None:
    """Measured numbers, code, links, counts and one second are nobody's mistake."""
    assert times(plain(text)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_measure_in_prose_is_claimed(name: str) -> None:
    """What stands in braces names a snippet and one of its claims."""
    strays = []
    prose = blanked(re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL), page(name))
    for snippet, what in MEASURED.findall(blanked(re.compile(r"`[^`\n]+`"), prose)):
        if snippet not in LIBRARY.names():
            strays.append(f"there is no snippet {snippet}")
        elif " ".join(what.split()) not in {one.what for one in LIBRARY.read(snippet).claims}:
            strays.append(f"{snippet} claims no {what!r}")
    assert strays == []


# Spelling


@cache
def american() -> dict[str, str]:
    """American forms and their British ones, from codespell's list of both."""
    data = files("codespell_lib") / "data" / "dictionary_en-GB_to_en-US.txt"
    pairs = (line.split("->") for line in data.read_text(encoding="utf-8").splitlines())
    return {us: british for british, us in pairs if us not in BOTH}


@cache
def own_words() -> list[str]:
    """The words of this site that no dictionary has."""
    return Path(ROOT, "tests", "words.txt").read_text(encoding="utf-8").split()


@cache
def dictionary() -> SpellChecker:
    """English words, with the British forms."""
    checker = SpellChecker(language="en")
    checker.word_frequency.load_words([*american().values(), *own_words()])
    return checker


def misspelt(text: str) -> list[str]:
    """The words of plain prose that are not British English, each with what is meant."""
    found = []
    tokens = {re.sub(r"['’]s$", "", word) for word in words(text)} - {"`"}
    lowered = {word.lower().replace("’", "'") for word in tokens if not word.isdigit()}
    for word in sorted(lowered):
        if word in american():
            found.append(f"{word}: in British English {american()[word]}")
        elif dictionary().unknown([word]):
            found.append(word)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_spelling(name: str) -> None:
    """Every word is British English, or one of ours."""
    found = [f"{one.place}: {word}" for one in said(name) for word in misspelt(one.text)]
    assert found == [], "correct it, put it in backticks, or add it to tests/words.txt"


def test_a_misspelt_and_an_american_word_are_found() -> None:
    """The check finds a slip, and tells the British form of an American word."""
    assert misspelt("The behaviour of three threads, their colour's name.") == []
    assert misspelt("Seperate threads") == ["seperate"]  # codespell:ignore
    assert misspelt("its behavior") == ["behavior: in British English behaviour"]
    assert misspelt(plain("`recieve` and [a](teh.md)")) == []  # codespell:ignore


def test_our_own_words_are_in_order() -> None:
    """The list is sorted, and no word stands in it twice."""
    assert own_words() == sorted(set(own_words()))


# House style


@pytest.mark.parametrize("name", PAGES)
def test_no_filler(name: str) -> None:
    """What is easy for the writer need not be so for the reader."""
    found = [
        f"{one.place}:{one.line + one.text.count(chr(10), 0, match.start())}: {match[0]}"
        for one in said(name)
        for match in FILLER.finditer(one.text)
    ]
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_sentences_are_short(name: str) -> None:
    """No sentence has more than 35 words."""
    found = [
        f"{one.place}:{one.line + line - 1}: {len(words(sentence))} words: {sentence}"
        for one in said(name)
        for line, paragraph in paragraphs(one.text)
        for sentence in sentences(paragraph)
        if len(words(sentence)) > LONGEST
    ]
    assert found == []


def test_filler_and_long_sentences_are_found() -> None:
    """The finders find what they should, and no more."""
    assert FILLER.findall("It simply works, of\ncourse. Just do it, just before the end.") != []
    assert FILLER.findall("just as fast, just after it, adjust, uneasy") == []
    text = "First one. Then `code` follows? Yes.\n\n- An item\n- e.g. 3.12 here\n\n| a | b |\n# No"
    cut = [sentences(paragraph) for _, paragraph in paragraphs(plain(text))]
    assert cut == [["First one.", "Then ` follows?", "Yes."], ["An item"], ["e.g. 3.12 here"]]


# The shape of a chapter


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_its_length(chapter: str) -> None:
    """A chapter has 700 to 1,500 words of prose, tables and headings not counted."""
    blocks = paragraphs(plain(page(f"{chapter}.md")))
    assert sum(len(words(paragraph)) for _, paragraph in blocks) in LENGTH


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_opens_with_a_question(chapter: str) -> None:
    """Its first paragraph asks what the chapter answers."""
    _, first = next(iter(paragraphs(plain(page(f"{chapter}.md")))))
    assert "?" in first


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_closes_with_what_to_remember(chapter: str) -> None:
    """`## What to remember` is its last section, and has three to five bullets."""
    *_, last = re.split(r"^## ", page(f"{chapter}.md"), flags=re.MULTILINE)
    assert last.startswith("What to remember\n")
    assert len(re.findall(r"^[-*] ", last, re.MULTILINE)) in BULLETS


# The glossary


def definitions() -> list[tuple[str, str]]:
    """Each term of the glossary with what stands under it."""
    pieces = re.split(r"^#{2,3} ", page("glossary.md"), flags=re.MULTILINE)
    parts = (piece.partition("\n") for piece in pieces[1:])
    return [(term, " ".join(text.split())) for term, _, text in parts if text.strip()]


def meaning(text: str) -> str:
    """A definition in plain words, without the link to its chapter."""
    return re.sub(r"[`*]", "", re.sub(r" See \[[^]]*\]\([^)]*\)\.$", "", text))


def test_each_term_is_defined_once() -> None:
    """No term stands twice; each has at most two sentences, and a link to where it is shown."""
    counts = Counter(term.casefold() for term, _ in definitions())
    assert [term for term, count in counts.items() if count > 1] == []
    for term, text in definitions():
        assert re.search(r" See \[[^]]*\]\([\w-]+\.md[^)]*\)\.$", text), term
        assert 1 <= len(sentences(meaning(text))) <= 2, term


def test_the_definitions_to_point_at_are_the_glossarys() -> None:
    """What a reader sees who points at a term is what the glossary says."""
    known = {term.casefold(): meaning(text) for term, text in definitions()}
    wrong = []
    for line in Path(ROOT, "includes/abbreviations.md").read_text(encoding="utf-8").splitlines():
        term = re.match(r"\*\[([^]]+)\]:", line)
        assert term, f"not an abbreviation: {line!r}"
        forms = [re.sub(ending, "", term[1].casefold()) for ending in ("$", "s$", "es$")]
        found = next((known[form] for form in forms if form in known), "no such term")
        if line != f"*[{term[1]}]: {found}":
            wrong.append(f"*[{term[1]}]: {found}")
    assert wrong == [], "write these lines into includes/abbreviations.md"


def test_a_term_can_be_pointed_at() -> None:
    """A term in running text carries its definition; the same word in code does not."""
    included = "includes/abbreviations.md"
    assert f"- {included}\n" in Path(ROOT, "mkdocs.yml").read_text(encoding="utf-8")
    html = markdown(
        "Two deadlocks, and `deadlock`.",
        extensions=["abbr", "pymdownx.snippets"],
        extension_configs={"pymdownx.snippets": {"auto_append": [included], "base_path": [ROOT]}},
    )
    known = {term: meaning(text) for term, text in definitions()}
    assert f'Two <abbr title="{known["Deadlock"]}">deadlocks</abbr>' in html
    assert "<code>deadlock</code>" in html
