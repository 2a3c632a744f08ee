"""The HTML panel of a snippet: title, code, timeline, output, expectations and facts.

The HTML is embedded in Markdown. Each line begins with a tag, no line is blank, and
text contains no line breaks, so Markdown leaves it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from snippet_engine.checking.check import Mismatch
from snippet_engine.checking.outcomes import match_outcome
from snippet_engine.humanize import (
    format_duration,
    format_size,
    format_worker_kinds,
    join_words,
    pluralise,
)
from snippet_engine.rendering.code_block import render_code_block
from snippet_engine.rendering.expectations import OutcomeRow, list_expectations, list_outcomes
from snippet_engine.rendering.html import element, render_template
from snippet_engine.rendering.layout import MAX_LANES, build_layout
from snippet_engine.rendering.mismatch_note import MismatchView, view_mismatch
from snippet_engine.rendering.output import SHOWN_LINES, OutputView, view_output
from snippet_engine.rendering.timeline_svg import Timeline
from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome, Snippet
from snippet_engine.urls import build_download_url, build_source_url, make_identifier

BLOCKS_OF_THE_TALK = 17

_DEFAULTS = {
    "fork": "which is not the default from Python 3.14 on, nor on macOS",
    "spawn": "which is the default on macOS and Windows only",
    "forkserver": "which is the default from Python 3.14 on, and not on macOS",
}


@dataclass(frozen=True, slots=True)
class PanelView:
    """Everything that a panel shows of a snippet and its run, as its template needs it.

    Without a `run` there are no `timeline`, `output`, `facts` and `environment`; without
    workers there is no `timeline`. `code_lines` and `shown_lines` are approximate heights:
    the browser reserves them for off-screen panels, which it does not lay out.
    """

    id: str
    level: int
    snippet: Snippet
    run: Run | None
    code_lines: int
    shown_lines: int
    source_url: str
    download_url: str
    notices: tuple[str, ...]
    mismatch: MismatchView | None
    code: Markup
    timeline: Timeline | None
    output: OutputView | None
    expectations: Mapping[str, tuple[Markup, ...]]
    outcomes: tuple[OutcomeRow, ...]
    facts: Mapping[str, str]
    environment: str

    @property
    def file(self) -> str:
        """Return the name of the snippet's file."""
        return self.snippet.path.name

    @property
    def blocks_of_the_talk(self) -> int:
        """Return how many blocks the talk has."""
        return BLOCKS_OF_THE_TALK


def render_panel(
    snippet: Snippet,
    run: Run | None,
    level: int = 3,
    notes: Mapping[str, str] | None = None,
    missing: str = "",
    mismatch: Mismatch | None = None,
) -> Markup:
    """Return the panel of `snippet` as HTML, with a heading of `level` as its title.

    `run` is None if the program could not be run here; `missing` then names the missing
    requirement ("Python >=3.13"). `notes` maps a part of a program line to a note on that
    line, in Markdown. `mismatch` is how the run differs from the snippet's metadata or
    recording. Raise SnippetError if no line contains the part that a note is for.
    """
    view = _view_panel(snippet, run, level, notes or {}, missing, mismatch)
    return render_template("panel.html", panel=view) + "\n"


def render_failure(name: str, message: str) -> Markup:
    """Return a box with the reason why the snippet `name` could not be shown."""
    return render_template("failure.html", name=name, message=message) + "\n"


def _view_panel(
    snippet: Snippet,
    run: Run | None,
    level: int,
    notes: Mapping[str, str],
    missing: str,
    mismatch: Mismatch | None,
) -> PanelView:
    name = make_identifier(snippet.name)
    outcome = match_outcome(snippet.outcomes, run) if run else None
    output = view_output(snippet, run) if run else None
    timeline = Timeline(run, build_layout(run), name) if run and run.workers else None
    shown = min(len(run.lines), SHOWN_LINES) + min(len(run.workers), MAX_LANES) if run else 0
    return PanelView(
        id=name,
        level=level,
        snippet=snippet,
        run=run,
        code_lines=snippet.code.count("\n"),
        shown_lines=shown,
        source_url=build_source_url(snippet.path.as_posix()),
        download_url=build_download_url(f"{snippet.chapter}/{snippet.path.name}", snippet.chapter),
        notices=tuple(_list_notices(snippet, run, outcome, missing)),
        mismatch=view_mismatch(mismatch, run) if mismatch and run else None,
        code=render_code_block(snippet, notes),
        timeline=timeline,
        output=output,
        expectations=list_expectations(snippet, output.varying_parts if output else ()),
        outcomes=list_outcomes(snippet, outcome),
        facts=_list_facts(run) if run else {},
        environment=_describe_environment(run) if run else "",
    )


def _list_notices(
    snippet: Snippet, run: Run | None, outcome: Outcome | None, missing: str
) -> Iterator[str]:
    """Yield sentences on setup, requirements and exit status, if any apply."""
    if snippet.setup:
        yield Markup("First, unseen: ") + element("code", snippet.setup.strip())
    if run is None:
        needs = missing or f"Python {snippet.requires_python}"
        yield f"Needs {needs}, which this site was not built with: it was not run."
    elif notice := _describe_ending(snippet, run, outcome):
        yield notice
    if snippet.start_method:
        method = snippet.start_method
        yield f"Needs the {method} start method, {_DEFAULTS[method]}."
    if snippet.dependencies:
        yield f"Needs {join_words(list(snippet.dependencies))}."
    if snippet.exclusive:
        yield "Measured alone: no other program of this site computed beside it."


def _describe_ending(snippet: Snippet, run: Run, outcome: Outcome | None) -> str:
    """Return a sentence on the exit status, "" if it is an expected 0 or outcome."""
    if snippet.stop_after is not None and run.ending == "stopped":
        return f"Never ends by itself: stopped after {snippet.stop_after:g} s, as intended."
    if snippet.time_limit is not None and run.ending == "stopped":
        return f"It hung: stopped after {snippet.time_limit:g} s."
    if snippet.raises is not None and run.ending == "exit 1":
        return Markup("Raises ") + element("code", snippet.raises) + ", as intended."
    expects_success = snippet.stop_after is None and snippet.raises is None
    if outcome or (run.ending == "exit 0" and expects_success):
        return ""
    return element("strong", f"Ended with {run.ending}, which was not intended.")


def _list_facts(run: Run) -> Mapping[str, str]:
    """Return the measurements of the run that are known, by their labels."""
    facts = {
        "Time": format_duration(run.seconds),
        "CPU time": format_duration(run.cpu_seconds),
        "Peak memory": format_size(run.peak_memory),
        "Workers": format_worker_kinds(run.workers),
        "Ending": run.ending,
    }
    return {label: value for label, value in facts.items() if value}


def _describe_environment(run: Run) -> str:
    """Return a sentence on the interpreter and machine, and one on the date."""
    made = run.provenance
    sandbox = f" in a sandbox ({made.sandbox})" if made.sandbox not in ("", "none") else ""
    return (
        f"Python {made.python} ({made.build}), {made.platform}, {pluralise(made.cores, 'core')}, "
        f"start method {made.start_method or 'none'}. Run on {_format_date(made.date)}{sandbox}."
    )


def _format_date(text: str) -> str:
    """Return a date in ISO 8601 in words; other text unchanged."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{date.day} {date:%B %Y, %H:%M} UTC"
