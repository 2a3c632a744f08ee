"""The guarantees and possible outcomes of a program, shown below its output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from snippet_engine.humanize import join_words
from snippet_engine.rendering.html import element, escape_text, render_inline_code
from snippet_engine.snippet.model import Outcome, Sample, Snippet

_TERMS = {
    "order": "Always",
    "first": "Always",
    "grows": "Always",
    "exactly": "Always",
    "at-least": "Always",
    "never": "Never",
    "any-order": "In any order",
}


@dataclass(frozen=True, slots=True)
class Share:
    """How often an outcome occurred in a sample: its count, label, and width of its bar."""

    count: int
    label: str
    width: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A row of the table of possible outcomes, with a share for each sample."""

    outcome: Outcome
    explanation: Markup
    is_this_run: bool
    shares: tuple[Share, ...]


def list_expectations(
    snippet: Snippet, varying_parts: Iterable[str]
) -> Mapping[str, tuple[Markup, ...]]:
    """Return sentences on what is guaranteed and what varies, by the term they explain.

    `varying_parts` are the names of the parts of the output that vary between runs.
    """
    sentences: dict[str, list[Markup]] = {
        "Always": [],
        "Never": [],
        "In any order": [],
        "Varies": [],
    }
    for guarantee in snippet.guarantees:
        sentences[_TERMS[guarantee.kind]].append(render_inline_code(guarantee.says))
    if snippet.lines != "in-order" and not sentences["In any order"]:
        sentences["In any order"].append(render_inline_code(_describe_free_lines(snippet)))
    if names := list(dict.fromkeys(varying_parts)):
        mark = element("span", "underlined", class_="varies")
        text = escape_text(f": {join_words(names)}.")
        sentences["Varies"].append(Markup("What is ") + mark + text)
    return {term: tuple(texts) for term, texts in sentences.items() if texts}


def _describe_free_lines(snippet: Snippet) -> str:
    if snippet.lines == "each-kind":
        return "All lines; and how often each one comes is left to chance too."
    return "All other lines." if snippet.guarantees else "All lines."


def list_outcomes(snippet: Snippet, outcome_of_run: Outcome | None) -> tuple[OutcomeRow, ...]:
    """Return a row for each possible outcome, with its frequency in each sample."""
    return tuple(
        OutcomeRow(
            outcome=outcome,
            explanation=render_inline_code(outcome.says),
            is_this_run=outcome is outcome_of_run,
            shares=tuple(_measure_share(outcome, sample) for sample in snippet.samples),
        )
        for outcome in snippet.outcomes
    )


def _measure_share(outcome: Outcome, sample: Sample) -> Share:
    count = sample.count(outcome.name)
    return Share(count, _format_share(count, sample.runs), f"{count / sample.runs:.1%}")


def _format_share(count: int, runs: int) -> str:
    """Return a share as a percentage, "none" or "all".

    A share between none and all is never rounded to 0 % or 100 %.
    """
    if count in (0, runs):
        return "all" if count else "none"
    return f"{min(100 * count / runs, 99.9):.3g}%"
