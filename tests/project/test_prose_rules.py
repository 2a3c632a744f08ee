"""The rules for prose find what they should, and no more."""

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


def faults_of(text: str) -> list[str]:
    """What is wrong with plain prose."""
    return [str(one) for one in check_text(Text(PurePosixPath("docs/x.md"), 1, strip_markup(text)))]


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
def test_a_typed_time_is_found(text: str) -> None:
    """Digits and words, with and without a space, over the end of a line."""
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
def test_what_is_no_typed_time_is_left_alone(text: str) -> None:
    """Measured numbers, code, links, counts and one second are right."""
    assert find_times(strip_markup(text)) == []


def test_a_typed_time_is_reported_with_its_line_and_the_remedy() -> None:
    """Where `make bench` writes the numbers, times are not reported."""
    text = Text(PurePosixPath("docs/x.md"), 3, "One line.\nIt takes 5 ms.")
    [fault] = check_text(text)
    assert str(fault) == (
        "docs/x.md:4: a time is typed by hand, '5 ms'; "
        "claim it in a snippet and write {{ chapter/name measure }}"
    )
    assert list(check_text(text, times=False)) == []


# Measured numbers


def test_a_measure_names_a_snippet_and_one_of_its_claims() -> None:
    """The name that was meant is suggested, also where it moved to another chapter."""
    claims = {"threads/torn-lines": ["seconds", "workers"], "locks/pool": [], "locks/odd": None}
    page = (
        "{{ threads/torn-lines seconds }} and `{{ a/b c }}` in code\n"
        "{{ locks/torn-lines seconds }}\n{{ threads/torn-line seconds }}\n"
        "{{ threads/torn-lines memory\nused }}\n{{ locks/pool lines }}\n{{ zzz/qqq lines }}\n"
        "{{ locks/odd lines }}\n"
    )
    assert len(list(find_placeholders(page))) == 7
    assert [str(one) for one in check_measures(PAGE, page, claims)] == [
        "docs/threads.md:2: there is no snippet 'locks/torn-lines'; "
        "did you mean 'threads/torn-lines'?",
        "docs/threads.md:3: there is no snippet 'threads/torn-line'; "
        "did you mean 'threads/torn-lines'?",
        "docs/threads.md:4: threads/torn-lines does not claim 'memory used'; "
        "add it to its claims (seconds, workers)",
        "docs/threads.md:6: locks/pool does not claim 'lines'; add it to its claims (nothing)",
        "docs/threads.md:7: there is no snippet 'zzz/qqq'; correct the name",
    ]


def test_a_note_names_a_part_of_a_line() -> None:
    """Else its fence is reported; a program that cannot be read is another fault."""
    snippet = build_snippet("print('a')\n")
    page = format_fence("tests/program").replace('")', '", {"print": "Says.", "prnt": "Says."})')
    [fault] = check_notes(PAGE, page, {"tests/program": snippet})
    assert str(fault) == (
        "docs/threads.md:3: no line of tests/program has 'prnt'; correct the key of this note"
    )
    assert list(check_notes(PAGE, page, {})) == []


# Sentences


def test_filler_is_found() -> None:
    """Over the end of a line, too; words that begin or end so are others."""
    assert len(FILLER.findall("It simply works, of\ncourse. Just do it, just before the end.")) == 3
    assert FILLER.findall("just as fast, just after it, adjust, uneasy") == []
    assert faults_of("One line.\nIt is easy.") == [
        "docs/x.md:2: 'easy' is no help for a reader; leave it out"
    ]


def test_a_long_sentence_is_found() -> None:
    """One word more than there may be is one too many."""
    right = "It " + "is " * (MAX_SENTENCE_WORDS - 2) + "long."
    assert faults_of(f"Short.\n\n{right}") == []
    [fault] = faults_of(f"Short.\n\n{right[:-1]} now.")
    assert fault == (
        f"docs/x.md:3: a sentence of {MAX_SENTENCE_WORDS + 1} words, "
        f"more than {MAX_SENTENCE_WORDS}; cut 'It is is is is' in two"
    )


def test_prose_is_cut_into_sentences() -> None:
    """List items are paragraphs; tables and headings are none."""
    text = "First one. Then `code` follows? Yes.\n\n- An item\n- e.g. 3.12 here\n\n| a | b |\n# No"
    cut = [split_sentences(paragraph) for _, paragraph in split_paragraphs(strip_markup(text))]
    assert cut == [["First one.", "Then ` follows?", "Yes."], ["An item"], ["e.g. 3.12 here"]]


def test_all_that_a_page_and_its_programs_say_is_prose() -> None:
    """The page without code, its notes, and the sentences of a head, each with its line."""
    page = "# Title\n\n" + format_fence("a/b").replace('")', '", {"x": "A note.", "y": str(1)})')
    page += '```python exec="on"\nnot Python at all\n```\n'
    assert [(one.line, one.text.strip()) for one in extract_page_texts(PAGE, page)] == [
        (1, "# Title"),
        (5, "A note."),
    ]
    assert list(find_notes("no fence")) == []
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
    assert [(one.line, one.text) for one in extract_snippet_texts(snippet)] == [
        (3, "A program"),
        (5, "It ends."),
        (9, "one way"),
        (11, "It is so."),
    ]


# Chapters


def chapter(words: int, bullets: int = 3, *, opening: str = "Why?", ending: str = "") -> str:
    """A chapter of so many words."""
    last = ending or "What to remember"
    items = "- one\n" * bullets
    filling = "word " * (words - bullets - len(opening.split()))
    return f"# A\n\n{opening}\n\n{filling}\n\n## {last}\n\n{items}"


@pytest.mark.parametrize("programs", [1, 10])
def test_the_length_of_a_chapter_grows_with_its_programs(programs: int) -> None:
    """Both bounds are allowed; one word more or less is reported."""
    most = limit_words(programs)
    for words, count in (
        (MIN_CHAPTER_WORDS, 0),
        (most, 0),
        (MIN_CHAPTER_WORDS - 1, 1),
        (most + 1, 1),
    ):
        text = chapter(words)
        assert count_words(text) == words
        assert len(list(check_chapter(PAGE, text, programs))) == count


def test_a_chapter_that_is_too_long_says_why() -> None:
    """The limit, and how it is made."""
    [fault] = check_chapter(PAGE, chapter(2000), 2)
    assert str(fault) == (
        "docs/threads.md:1: 2000 words, more than 840 (600, and 120 for each of 2 programs); "
        "shorten it"
    )


def test_a_chapter_begins_with_a_question_and_ends_with_what_to_remember() -> None:
    """Each is reported with its line."""
    faults = list(check_chapter(PAGE, chapter(800, opening="Because."), 9))
    assert [str(one) for one in faults] == [
        "docs/threads.md:3: the first paragraph asks no question; ask what the chapter answers"
    ]
    faults = list(check_chapter(PAGE, chapter(800, ending="More"), 9))
    assert [str(one) for one in faults] == [
        "docs/threads.md:7: the last section is not 'What to remember'; end the chapter with it"
    ]
    for bullets in (SUMMARY_BULLETS[0] - 1, SUMMARY_BULLETS[-1] + 1):
        faults = list(check_chapter(PAGE, chapter(800, bullets), 9))
        assert [str(one) for one in faults] == [
            f"docs/threads.md:7: {bullets} bullets under 'What to remember'; write 3 to 5"
        ]
