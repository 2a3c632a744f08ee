"""The guarantees and possible outcomes of a program, as HTML below its output."""

from __future__ import annotations

from snippet_engine.checking.outcomes import match_outcome
from snippet_engine.humanize import join_words, pluralise
from snippet_engine.rendering.html import escaped, render_inline_code
from snippet_engine.rendering.output import find_varying_parts
from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome, Sample, Snippet

_LISTS = {
    "order": "Always",
    "first": "Always",
    "grows": "Always",
    "exactly": "Always",
    "at-least": "Always",
    "never": "Never",
    "any-order": "In any order",
}


def render_expectations(snippet: Snippet, run: Run | None) -> str:
    """Return the list of guarantees and varying parts of the output, or "" if none.

    Parts that vary are found in the lines of `run`; without a run there are none.
    """
    said: dict[str, list[str]] = {"Always": [], "Never": [], "In any order": [], "Varies": []}
    for guarantee in snippet.guarantees:
        said[_LISTS[guarantee.kind]].append(render_inline_code(guarantee.says))
    if snippet.lines != "in-order" and not said["In any order"]:
        said["In any order"].append(_free(snippet))
    if names := _varying(snippet, run):
        mark = '<span class="varies">underlined</span>'
        said["Varies"].append(f"What is {mark}: {escaped(join_words(names))}.")
    rows = [
        f"<div><dt>{title}</dt>{''.join(f'<dd>{sentence}</dd>' for sentence in sentences)}</div>"
        for title, sentences in said.items()
        if sentences
    ]
    return f'<dl class="snippet-rules">{"".join(rows)}</dl>' if rows else ""


def _free(snippet: Snippet) -> str:
    if snippet.lines == "each-kind":
        return "All lines; and how often each one comes is left to chance too."
    return "All other lines." if snippet.guarantees else "All lines."


def _varying(snippet: Snippet, run: Run | None) -> list[str]:
    lines = [(line.stream, line.text) for line in run.lines] if run else []
    parts = (part for line in find_varying_parts(lines, snippet.mask) for part in line)
    return list(dict.fromkeys(name for _, _, name in parts))


def render_outcomes(snippet: Snippet, run: Run | None) -> str:
    """Return the table of possible outcomes with their frequencies, or "" if none.

    The outcome of `run` is marked. Each sample of many runs has a column.
    """
    if not snippet.outcomes:
        return ""
    this = match_outcome(snippet.outcomes, run) if run else None
    heads = "".join(f'<th scope="col">{_ground(sample)}</th>' for sample in snippet.samples)
    rows = "".join(_row(outcome, snippet.samples, outcome is this) for outcome in snippet.outcomes)
    return (
        '<table class="snippet-outcomes"><caption>What it may come to</caption>'
        f'<thead><tr><th scope="col">Outcome</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _ground(sample: Sample) -> str:
    return (
        f"Of {sample.runs:,} runs <small>Python {escaped(sample.python)},"
        f" {pluralise(sample.cores, 'core')}</small>"
    )


def _row(outcome: Outcome, samples: tuple[Sample, ...], this: bool) -> str:
    now = " <small>this run</small>" if this else ""
    cells = "".join(_share(sample.count(outcome.name), sample.runs) for sample in samples)
    return (
        f'<tr class="{outcome.grade}"><th scope="row">{escaped(outcome.name)}'
        f" <em>{outcome.grade}</em>{now}<p>{render_inline_code(outcome.says)}</p></th>{cells}</tr>"
    )


def _told(count: int, runs: int) -> str:
    """Return a share as a percentage, "none" or "all".

    A share between none and all is never rounded to 0 % or 100 %.
    """
    if count in (0, runs):
        return "all" if count else "none"
    return f"{min(100 * count / runs, 99.9):.3g}%"


def _share(count: int, runs: int) -> str:
    share = count / runs
    bar = f'<rect width="{share:.1%}" height="4"/>' if count else ""
    return (
        f'<td data-count="{count}">{_told(count, runs)}<svg class="snippet-share"'
        f' width="100%" height="4" aria-hidden="true">{bar}</svg></td>'
    )
