"""Checks of British spelling."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from helpers.repository import ROOT

from snippet_engine.project.plain_text import strip_markup
from snippet_engine.project.prose_rules import Text
from snippet_engine.project.spelling import Spelling


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    """Return a spelling checker with the word list of this project."""
    return Spelling(ROOT)


def find_faults(spelling: Spelling, page: str) -> list[str]:
    """Return the faults of a page of Markdown."""
    return [*map(str, spelling.check(Text(PurePosixPath("docs/x.md"), 1, strip_markup(page))))]


@pytest.mark.parametrize(
    "text",
    [
        "The behaviour of three threads, their colour's name.",
        "It doesn’t matter: 3.12 is non-blocking.",
        "`recieve` and [a](teh.md)",  # codespell:ignore
        "A forkserver",  # one of the site's own words
    ],
)
def test_british_english_has_no_faults(spelling: Spelling, text: str) -> None:
    """Code and links are skipped, and words of the word list are known."""
    assert find_faults(spelling, text) == []


def test_misspelt_word_is_reported_once_with_its_line_and_a_remedy(spelling: Spelling) -> None:
    word = "seperate"  # codespell:ignore
    assert find_faults(spelling, f"Two\n{word} threads, {word} tasks.") == [
        f"docs/x.md:2: unknown word {word!r}; correct it, put it in backticks, "
        "or add it to tests/words.txt"
    ]


def test_american_word_is_reported_with_the_british_one(spelling: Spelling) -> None:
    assert find_faults(spelling, "its behavior") == [
        "docs/x.md:1: 'behavior' is American; write 'behaviour'"
    ]


def test_project_without_a_word_list_has_only_the_dictionary(tmp_path: Path) -> None:
    assert len(find_faults(Spelling(tmp_path), "forkserver")) == 1
