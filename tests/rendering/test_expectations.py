"""Guarantees and possible outcomes in a panel."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.handmade import Page, make_printed_run
from helpers.programs import OUTCOMES_HEAD as HEAD
from helpers.programs import build_snippet

from snippet_engine.rendering.expectations import list_expectations
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run
from snippet_engine.snippet.model import Sample

GUARANTEES = """
    [[tool.snippet.guarantees]]
    says = "<A> starts before it ends."
    order = ['a', 'b']

    [[tool.snippet.guarantees]]
    says = "Nothing of `d` is <lost>."
    never = 'lost'
"""


def test_guarantees_are_sentences_under_always_and_never() -> None:
    page = Page(render_panel(build_snippet("pass\n", head=GUARANTEES), make_printed_run("a", "b")))
    assert [text for _, text in page.find_all("dt")][:2] == ["Always", "Never"]
    sentences = [text for _, text in page.find_all("dd")][:2]
    assert sentences == ["<A> starts before it ends.", "Nothing of d is <lost>."]


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
def test_lines_in_any_order_are_described(head: str, sentence: str) -> None:
    assert list_expectations(build_snippet("pass\n", head=head), [])["In any order"] == (sentence,)


def test_each_kind_of_varying_part_is_named_once() -> None:
    run = make_printed_run("took 1.0 s", "took 2.0 s, pid 12")
    page = Page(render_panel(build_snippet("pass\n"), run))
    assert page.find_all("dt")[0][1] == "Varies"
    assert page.find_all("dd")[0][1] == "What is underlined: duration and process id."


@pytest.mark.parametrize("run", [make_printed_run("a"), None])
def test_program_with_fixed_output_has_no_list_of_expectations(run: Run | None) -> None:
    page = Page(render_panel(build_snippet("pass\n"), run))
    assert not page.find_all("dl", "snippet-rules")


def test_outcomes_are_a_table_with_a_column_for_each_sample() -> None:
    samples = (
        Sample(200, "3.11.7", 2, (("counted", 150), ("deadlock", 50))),
        Sample(20_000, "3.13.0", 1, (("counted", 19_999), ("deadlock", 1))),
    )
    snippet = replace(build_snippet("pass\n", head=HEAD), samples=samples)
    page = Page(render_panel(snippet, make_printed_run("n = 2")))
    assert [text for attrs, text in page.find_all("th") if attrs["scope"] == "col"] == [
        "Outcome",
        "Of 200 runs Python 3.11.7, 2 cores",
        "Of 20,000 runs Python 3.13.0, 1 core",
    ]
    assert [text for attrs, text in page.find_all("th") if attrs["scope"] == "row"] == [
        "counted expected this runThey took turns.",
        "deadlock surprisingEach waits for the other.",
        "invented forbiddenNothing adds three.",
    ]
    # Neither rounded to 100% nor to 0%.
    assert [text for _, text in page.find_all("td")] == [
        "75%",
        "99.9%",
        "25%",
        "0.005%",
        "none",
        "none",
    ]
    assert [attrs.get("width") for attrs, _ in page.find_all("rect")][:2] == ["75.0%", "100.0%"]


def test_outcome_of_all_sampled_runs_is_shown_as_all() -> None:
    samples = (Sample(200, "3.11.7", 2, (("counted", 200),)),)
    snippet = replace(build_snippet("pass\n", head=HEAD), samples=samples)
    assert Page(render_panel(snippet, None)).find_all("td")[0][1] == "all"


def test_program_without_outcomes_has_no_table() -> None:
    assert not Page(render_panel(build_snippet("pass\n"), make_printed_run())).find_all("table")
