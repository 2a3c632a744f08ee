"""A number in prose is one that a snippet claims, as it was measured."""

from __future__ import annotations

import logging

import pytest
from helpers.handmade import nine_threads
from helpers.programs import snippet_of
from markdown import markdown

from snippet_engine.errors import SnippetError
from snippet_engine.pages import api
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

CLAIMS = """
    [tool.snippet.claims]
    workers = 10
    seconds = { max = 5 }
    "speedup over tests/slow" = { min = 0.5 }
"""


class Shelf:
    """In place of the library: one snippet and its run, which nothing remembers."""

    memory = None

    def begin(self) -> None:
        pass

    def identity(self, name: str) -> None:
        return None

    def run(self, name: str) -> tuple[Snippet, Run]:
        if name != "tests/program":
            raise SnippetError(snippet_of("1\n").path, 1, "there is no such snippet")
        return snippet_of("pass\n", head=CLAIMS), nine_threads()

    def run_of(self, name: str) -> Run:
        assert name == "tests/slow"
        return nine_threads()


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is looked up on the shelf."""
    monkeypatch.setattr(api, "library", Shelf)


def prose(text: str) -> str:
    """What Markdown makes of a paragraph."""
    return markdown(text, extensions=["snippet_engine.pages.markdown_measured"])


def test_a_number_stands_in_the_place_of_its_name() -> None:
    """With a note where it was measured, inside other markup too."""
    html = prose("All **{{ tests/program workers }}** in {{tests/program  seconds}}.")
    assert html == (
        '<p>All <strong><span class="measured" title="measured: workers of tests/program">10</span>'
        '</strong> in <span class="measured" title="measured: seconds of tests/program">1.07 s'
        "</span>.</p>"
    )


def test_a_comparison_is_a_number_too() -> None:
    """The name of the claim may have spaces in it."""
    assert ">1.0</span>" in prose("{{ tests/program speedup over tests/slow }} times")


def test_code_and_other_braces_stay_as_they_are() -> None:
    """Only a name and a claim between double braces are a number."""
    for text in ("`{{ tests/program workers }}`", "{{ workers }}", "{ tests/program workers }"):
        assert "measured" not in prose(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ tests/program memory }}", "claims no 'memory', only workers, seconds, speedup"),
        ("{{ tests/none workers }}", "there is no such snippet"),
    ],
)
def test_what_nobody_claims_is_warned_of(
    text: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A strict build fails; the page shows a question mark."""
    with caplog.at_level(logging.WARNING):
        assert ">?</span>" in prose(text)
    assert words in caplog.text
