"""What a program may print and what not, in words under its output."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.handmade import Page, run_with
from helpers.programs import OUTCOMES_HEAD as HEAD
from helpers.programs import snippet_of

from snippet_engine.rendering.expectations import render_expectations, render_outcomes
from snippet_engine.snippet.model import Sample, Snippet

GUARANTEES = """
    [[tool.snippet.guarantees]]
    says = "<A> starts before it ends."
    order = ['a', 'b']

    [[tool.snippet.guarantees]]
    says = "Nothing of `d` is <lost>."
    never = 'lost'
"""


def said(snippet: Snippet, *lines: str) -> dict[str, list[str]]:
    """The sentences under each word."""
    page = Page(render_expectations(snippet, run_with(*lines)))
    return {
        term: texts.split("|")
        for (_, term), (_, texts) in zip(
            page.all("dt"),
            Page(render_expectations(snippet, run_with(*lines)).replace("</dd><dd>", "|")).all(
                "dd"
            ),
            strict=False,
        )
    }


def test_each_guarantee_is_a_sentence_under_its_word() -> None:
    """Always and Never, in the words of the head."""
    found = said(snippet_of("pass\n", head=GUARANTEES), "a", "b")
    assert found == {"Always": ["<A> starts before it ends."], "Never": ["Nothing of d is <lost>."]}


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('lines = "any-order"', "All lines."),
        (f'lines = "any-order"\n{GUARANTEES}', "All other lines."),
        ('lines = "each-kind"', "All lines; and how often each one comes is left to chance too."),
        (
            'lines = "any-order"\n[[tool.snippet.guarantees]]\nsays = "The nine."\nany-order = "="',
            "The nine.",
        ),
    ],
)
def test_what_is_left_to_chance_is_said(head: str, sentence: str) -> None:
    """A reader whose lines come in another order knows that this is right."""
    assert said(snippet_of("pass\n", head=head), "a", "b")["In any order"] == [sentence]


def test_what_varies_is_named_once() -> None:
    """The marks in the output are explained under it."""
    found = said(snippet_of("pass\n"), "took 1.0 s", "took 2.0 s, pid 12")
    assert found == {"Varies": ["What is underlined: duration and process id."]}


def test_a_program_that_always_prints_the_same_has_no_rules() -> None:
    """Nothing is said where nothing needs saying."""
    assert render_expectations(snippet_of("pass\n"), run_with("a")) == ""
    assert render_expectations(snippet_of("pass\n"), None) == ""


def test_the_outcomes_are_a_table_with_shares() -> None:
    """Each with its grade, how it comes about, and how often it was seen where."""
    samples = (
        Sample(200, "3.11.7", 2, (("counted", 150), ("deadlock", 50))),
        Sample(20_000, "3.13.0", 1, (("counted", 19_999), ("deadlock", 1))),
    )
    snippet = replace(snippet_of("pass\n", head=HEAD), samples=samples)
    page = Page(render_outcomes(snippet, run_with("n = 2")))
    heads = [text for attrs, text in page.all("th") if attrs["scope"] == "col"]
    assert heads == [
        "Outcome",
        "Of 200 runs Python 3.11.7, 2 cores",
        "Of 20,000 runs Python 3.13.0, 1 core",
    ]
    assert [text for attrs, text in page.all("th") if attrs["scope"] == "row"] == [
        "counted expected this runThey took turns.",
        "deadlock surprisingEach waits for the other.",
        "invented forbiddenNothing adds three.",
    ]
    assert [text for _, text in page.all("td")] == ["75%", "99.9%", "25%", "0.005%", "none", "none"]
    assert [attrs.get("width") for attrs, _ in page.all("rect")][:2] == ["75.0%", "100.0%"]


def test_a_program_without_outcomes_has_no_table() -> None:
    """Most programs come to one thing only."""
    assert render_outcomes(snippet_of("pass\n"), run_with()) == ""
    assert "All" not in render_outcomes(snippet_of("pass\n", head=HEAD), None)
