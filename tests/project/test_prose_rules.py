"""Rules for the prose of pages and metadata."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from helpers.programs import build_snippet
from helpers.projects import format_fence

from snippet_engine.project.plain_text import (
    find_notes,
    find_placeholders,
    split_paragraphs,
    split_sentences,
    strip_markup,
)
from snippet_engine.project.prose_rules import (
    FILLER,
    MAX_SENTENCE_WORDS,
    MIN_CHAPTER_WORDS,
    SUMMARY_BULLETS,
    Text,
    check_chapter,
    check_measures,
    check_notes,
    check_text,
    count_words,
    extract_page_texts,
    extract_snippet_texts,
    find_times,
    limit_words,
)

PAGE = PurePosixPath("threads.md")


def find_faults(text: str) -> list[str]:
    """Return the faults of the Markdown `text` as prose."""
    return [*map(str, check_text(Text(PurePosixPath("docs/x.md"), 1, strip_markup(text))))]


# Times


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
def test_typed_time_is_found(text: str) -> None:
    """In digits or words, with or without a space, also across the end of a line."""
    assert find_times(strip_markup(text)) != []


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
def test_other_text_is_not_a_typed_time(text: str) -> None:
    """Measured values, code, links, counts and one second are allowed."""
    assert find_times(strip_markup(text)) == []


def test_typed_time_is_reported_with_its_line_and_a_remedy() -> None:
    """Except on the page whose numbers `make bench` writes."""
    text = Text(PurePosixPath("docs/x.md"), 3, "One line.\nIt takes 5 ms.")
    [fault] = check_text(text)
    assert str(fault) == (
        "docs/x.md:4: a time is typed by hand, '5 ms'; "
        "claim it in a snippet and write {{ chapter/name measure }}"
    )
    assert list(check_text(text, times=False)) == []


# Measured numbers


def test_placeholder_with_an_unknown_snippet_or_measure_is_reported() -> None:
    """A similar name is suggested, also the same name in another chapter."""
    claims = {"threads/torn-lines": ["seconds", "workers"], "locks/pool": [], "locks/odd": None}
    page = (
        "{{ threads/torn-lines seconds }} and `{{ a/b c }}` in code\n"
        "{{ locks/torn-lines seconds }}\n{{ threads/torn-line seconds }}\n"
        "{{ threads/torn-lines memory\nused }}\n{{ locks/pool lines }}\n{{ zzz/qqq lines }}\n"
        "{{ locks/odd lines }}\n"
    )
    assert len(list(find_placeholders(page))) == 7
    assert [*map(str, check_measures(PAGE, page, claims))] == [
        "docs/threads.md:2: there is no snippet 'locks/torn-lines'; "
        "did you mean 'threads/torn-lines'?",
        "docs/threads.md:3: there is no snippet 'threads/torn-line'; "
        "did you mean 'threads/torn-lines'?",
        "docs/threads.md:4: threads/torn-lines does not claim 'memory used'; "
        "add it to its claims (seconds, workers)",
        "docs/threads.md:6: locks/pool does not claim 'lines'; add it to its claims (nothing)",
        "docs/threads.md:7: there is no snippet 'zzz/qqq'; correct the name",
    ]


def test_note_whose_key_is_in_no_line_is_reported() -> None:
    """Not for a program that cannot be read, which is another fault."""
    snippet = build_snippet("print('a')\n")
    page = format_fence("tests/program").replace('")', '", {"print": "Says.", "prnt": "Says."})')
    [fault] = check_notes(PAGE, page, {"tests/program": snippet})
    assert str(fault) == (
        "docs/threads.md:3: no line of tests/program has 'prnt'; correct the key of this note"
    )
    assert list(check_notes(PAGE, page, {})) == []


# Sentences


def test_filler_is_found() -> None:
    """Also across the end of a line, but not in longer words."""
    assert len(FILLER.findall("It simply works, of\ncourse. Just do it, just before the end.")) == 3
    assert FILLER.findall("just as fast, just after it, adjust, uneasy") == []
    assert find_faults("One line.\nIt is easy.") == [
        "docs/x.md:2: 'easy' is no help for a reader; leave it out"
    ]


def test_sentence_with_one_word_too_many_is_found() -> None:
    longest = "It " + "is " * (MAX_SENTENCE_WORDS - 2) + "long."
    assert find_faults(f"Short.\n\n{longest}") == []
    [fault] = find_faults(f"Short.\n\n{longest[:-1]} now.")
    assert fault == (
        f"docs/x.md:3: a sentence of {MAX_SENTENCE_WORDS + 1} words, "
        f"more than {MAX_SENTENCE_WORDS}; cut 'It is is is is' in two"
    )


def test_prose_is_split_into_sentences() -> None:
    """List items are paragraphs; tables and headings are skipped."""
    text = "First one. Then `code` follows? Yes.\n\n- An item\n- e.g. 3.12 here\n\n| a | b |\n# No"
    paragraphs = split_paragraphs(strip_markup(text))
    assert [split_sentences(paragraph) for _, paragraph in paragraphs] == [
        ["First one.", "Then ` follows?", "Yes."],
        ["An item"],
        ["e.g. 3.12 here"],
    ]


def test_prose_of_a_page_is_its_text_without_code_and_its_notes() -> None:
    page = "# Title\n\n" + format_fence("a/b").replace('")', '", {"x": "A note.", "y": str(1)})')
    page += '```python exec="on"\nnot Python at all\n```\n'
    assert [(text.line, text.text.strip()) for text in extract_page_texts(PAGE, page)] == [
        (1, "# Title"),
        (5, "A note."),
    ]
    assert list(find_notes("no fence")) == []


def test_prose_of_a_snippet_is_its_title_guarantees_and_outcomes() -> None:
    head = """
        [[tool.snippet.guarantees]]
        says = "It ends."
        never = "x"

        [[tool.snippet.outcomes]]
        name = "one way"
        grade = "expected"
        says = "It is so."
        pattern = "a"
    """
    snippet = build_snippet("print('a')\n", head=head)
    assert [(text.line, text.text) for text in extract_snippet_texts(snippet)] == [
        (3, "A program"),
        (5, "It ends."),
        (9, "one way"),
        (11, "It is so."),
    ]


# Chapters


def build_chapter(
    words: int, bullets: int = 3, *, opening: str = "Why?", last_heading: str = "What to remember"
) -> str:
    """Return a chapter of `words` words; its last section has `bullets` bullets."""
    items = "- one\n" * bullets
    filling = "word " * (words - bullets - len(opening.split()))
    return f"# A\n\n{opening}\n\n{filling}\n\n## {last_heading}\n\n{items}"


@pytest.mark.parametrize("programs", [1, 10])
def test_chapter_with_too_few_or_too_many_words_is_reported(programs: int) -> None:
    """The maximum depends on the number of its programs."""
    most = limit_words(programs)
    for words, count in (
        (MIN_CHAPTER_WORDS, 0),
        (most, 0),
        (MIN_CHAPTER_WORDS - 1, 1),
        (most + 1, 1),
    ):
        text = build_chapter(words)
        assert count_words(text) == words
        assert len(list(check_chapter(PAGE, text, programs))) == count


def test_fault_of_a_long_chapter_explains_the_maximum() -> None:
    [fault] = check_chapter(PAGE, build_chapter(2000), 2)
    assert str(fault) == (
        "docs/threads.md:1: 2000 words, more than 840 (600, and 120 for each of 2 programs); "
        "shorten it"
    )


def test_chapter_without_an_opening_question_or_a_summary_is_reported() -> None:
    faults = list(check_chapter(PAGE, build_chapter(800, opening="Because."), 9))
    assert [*map(str, faults)] == [
        "docs/threads.md:3: the first paragraph asks no question; ask what the chapter answers"
    ]
    faults = list(check_chapter(PAGE, build_chapter(800, last_heading="More"), 9))
    assert [*map(str, faults)] == [
        "docs/threads.md:7: the last section is not 'What to remember'; end the chapter with it"
    ]
    for bullets in (SUMMARY_BULLETS[0] - 1, SUMMARY_BULLETS[-1] + 1):
        faults = list(check_chapter(PAGE, build_chapter(800, bullets), 9))
        assert [*map(str, faults)] == [
            f"docs/threads.md:7: {bullets} bullets under 'What to remember'; write 3 to 5"
        ]
