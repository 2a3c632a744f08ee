"""British spelling of prose."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from helpers.repository import ROOT

from snippet_engine.project.plain_text import strip_markup
from snippet_engine.project.prose_rules import Text
from snippet_engine.project.spelling import Spelling


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    """The words of this project."""
    return Spelling(ROOT)


def misspelt(spelling: Spelling, page: str) -> list[str]:
    """What is wrong with a page of Markdown."""
    return [
        str(one) for one in spelling.check(Text(PurePosixPath("docs/x.md"), 1, strip_markup(page)))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The behaviour of three threads, their colour's name.",
        "It doesn’t matter: 3.12 is non-blocking.",
        "`recieve` and [a](teh.md)",  # codespell:ignore
        "A forkserver",  # one of the site's own words
    ],
)
def test_british_english_is_right(spelling: Spelling, text: str) -> None:
    """So are code, links and the words of the site."""
    assert misspelt(spelling, text) == []


def test_a_misspelt_word_is_reported_once_with_its_line(spelling: Spelling) -> None:
    """With what to do about it."""
    word = "seperate"  # codespell:ignore
    assert misspelt(spelling, f"Two\n{word} threads, {word} tasks.") == [
        f"docs/x.md:2: unknown word {word!r}; correct it, put it in backticks, "
        "or add it to tests/words.txt"
    ]


def test_an_american_word_is_reported_with_the_british_one(spelling: Spelling) -> None:
    """The dictionary knows both, so a list of pairs is asked."""
    assert misspelt(spelling, "its behavior") == [
        "docs/x.md:1: 'behavior' is American; write 'behaviour'"
    ]


def test_a_project_without_words_of_its_own_has_the_dictionary(tmp_path: Path) -> None:
    """Then the word that is the site's own is unknown."""
    assert len(misspelt(Spelling(tmp_path), "forkserver")) == 1
