"""The HTML panel of a snippet: title, code, timeline, output, rules and facts.

The HTML is embedded in Markdown. Each line begins with a tag, no line is blank, and
text contains no line breaks, so Markdown leaves it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

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
from snippet_engine.rendering.expectations import render_expectations, render_outcomes
from snippet_engine.rendering.html import escaped
from snippet_engine.rendering.layout import MOST_LANES
from snippet_engine.rendering.mismatch_note import render_mismatch_note
from snippet_engine.rendering.output import SHOWN_LINES, render_output
from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import build_download_url, build_source_url, make_identifier

BLOCKS_OF_THE_TALK = 17

_DEFAULTS = {
    "fork": "which is not the default from Python 3.14 on, nor on macOS",
    "spawn": "which is the default on macOS and Windows only",
    "forkserver": "which is the default from Python 3.14 on, and not on macOS",
}


def render_panel(
    snippet: Snippet,
    run: Run | None,
    level: int = 3,
    notes: Mapping[str, str] | None = None,
    missing: str = "",
    mismatch: Mismatch | None = None,
) -> str:
    """Return the panel of `snippet` as HTML, with a heading of `level` as its title.

    `run` is None if the program could not be run here; `needs` then names the missing
    requirement ("Python >=3.13"). `notes` maps a part of a program line to a note on that
    line, in Markdown. `wrong` is how the run differs from the snippet's metadata or
    recording. Raise SnippetError if no line contains the part that a note is for.
    """
    name = make_identifier(snippet.name)
    source = f' data-source="{snippet.source}"' if snippet.source else ""
    measured = (
        f' data-seconds="{run.seconds:.2f}" data-ending="{escaped(run.ending)}"' if run else ""
    )
    parts = [
        (
            f'<section class="snippet" id="{name}" aria-labelledby="{name}-title"'
            f' style="{_height(snippet, run)}"'
            f' data-snippet="{escaped(snippet.name)}"{source}{measured}>'
        ),
        _place(snippet),
        # A direct child of the section, so that Material's search indexes the panel under it.
        (
            f'<h{level} id="{name}-title">{escaped(snippet.title)}'
            f'<a class="headerlink" href="#{name}" title="Link to this program"'
            f" data-search-exclude>#</a></h{level}>"
        ),
        *_notes(snippet, run, missing),
        render_mismatch_note(mismatch, run) if mismatch and run else "",
        _download(snippet),
        render_code_block(snippet, notes or {}),
        *(_stage(snippet, run, name) if run else ()),
        render_expectations(snippet, run),
        render_outcomes(snippet, run),
        _facts(run) if run else "",
        "</section>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _height(snippet: Snippet, run: Run | None) -> str:
    """Return approximate heights of code and output, in lines, as CSS properties.

    The browser reserves them for off-screen panels, which it does not lay out.
    """
    shown = min(len(run.lines), SHOWN_LINES) + min(len(run.workers), MOST_LANES) if run else 0
    code = snippet.code.count("\n")
    return f"--code:{code};--shown:{shown}"


def _stage(snippet: Snippet, run: Run, name: str) -> Iterator[str]:
    """Yield the part that replay animates: the timeline and the output below it."""
    yield f'<div class="snippet-stage" data-until="{run.seconds:.4f}">'
    yield render_timeline(run, name)
    yield render_output(snippet, run, name)
    yield "</div>"


def render_failure(name: str, message: str) -> str:
    """Return a box with the reason why the snippet `name` could not be shown."""
    return (
        f'<section class="snippet snippet-failure" role="note" data-snippet="{escaped(name)}">\n'
        f"<p><strong>{escaped(name)} could not be shown.</strong></p>\n"
        f"<pre>{escaped(message)}</pre>\n"
        "</section>\n"
    )


def _place(snippet: Snippet) -> str:
    """Return a line with the snippet's block number in the talk, or "" if none."""
    if not snippet.source:
        return ""
    said = f"Block {snippet.source} of {BLOCKS_OF_THE_TALK} of the talk"
    return f'<p class="snippet-source" data-search-exclude>{said}</p>'


def _download(snippet: Snippet) -> str:
    """Return links to view and download the snippet's file.

    The style sheet places them in the title bar of the code block.
    """
    file = snippet.path.name
    href = build_download_url(f"{snippet.chapter}/{file}", snippet.chapter)
    source = build_source_url(snippet.path.as_posix())
    view = (
        f'<a class="snippet-view" href="{escaped(source)}" aria-label="View {escaped(file)} in the'
        ' repository"><span class="wide">View source</span></a>'
        if source
        else ""
    )
    return (
        f'<p class="snippet-download" data-search-exclude>{view}'
        f'<a href="{escaped(href)}" download aria-label="Download {escaped(file)}">'
        '<span class="wide">Download</span></a></p>'
    )


def _notes(snippet: Snippet, run: Run | None, needs: str) -> Iterator[str]:
    """Yield notes on setup, requirements and exit status, if any apply."""
    notes = list(_said(snippet, run, needs))
    if notes:
        yield '<div class="snippet-notes">'
        yield from (f"<p>{note}</p>" for note in notes)
        yield "</div>"


def _said(snippet: Snippet, run: Run | None, needs: str) -> Iterator[str]:
    if snippet.setup:
        yield f"First, unseen: <code>{escaped(snippet.setup.strip())}</code>"
    if run is None:
        needs = escaped(needs or f"Python {snippet.requires_python}")
        yield f"Needs {needs}, which this site was not built with: it was not run."
    else:
        yield from _ended(snippet, run)
    if snippet.start_method:
        method = snippet.start_method
        yield f"Needs the {method} start method, {_DEFAULTS[method]}."
    if snippet.dependencies:
        yield f"Needs {escaped(join_words(list(snippet.dependencies)))}."
    if snippet.exclusive:
        yield "Measured alone: no other program of this site computed beside it."


def _ended(snippet: Snippet, run: Run) -> Iterator[str]:
    """Yield a note on the exit status, unless it is an expected 0 or outcome."""
    if snippet.stop_after is not None and run.ending == "stopped":
        yield f"Never ends by itself: stopped after {snippet.stop_after:g} s, as intended."
    elif snippet.time_limit is not None and run.ending == "stopped":
        yield f"It hung: stopped after {snippet.time_limit:g} s."
    elif run.ending == "exit 1" and snippet.raises is not None:
        yield f"Raises <code>{escaped(snippet.raises)}</code>, as intended."
    elif match_outcome(snippet.outcomes, run):
        return
    elif run.ending != "exit 0" or snippet.stop_after is not None or snippet.raises is not None:
        yield f"<strong>Ended with {escaped(run.ending)}, which was not intended.</strong>"


def _facts(run: Run) -> str:
    """Return the measurements of the run and the environment they were made in."""
    made = run.provenance
    numbers = {
        "Time": format_duration(run.seconds),
        "CPU time": format_duration(run.cpu_seconds),
        "Peak memory": format_size(run.peak_memory),
        "Workers": format_worker_kinds(run.workers),
        "Ending": run.ending,
    }
    ground = (
        f"Python {made.python} ({made.build}), {made.platform}, {pluralise(made.cores, 'core')}, "
        f"start method {made.start_method or 'none'}. Run on {_date(made.date)}"
        f"{f' in a sandbox ({made.sandbox})' if made.sandbox not in ('', 'none') else ''}."
    )
    cells = "".join(
        f"<div><dt>{label}</dt><dd>{escaped(value)}</dd></div>"
        for label, value in numbers.items()
        if value
    )
    return (
        '<footer class="snippet-facts" data-search-exclude>'
        f"<dl>{cells}</dl><p>{escaped(ground)}</p></footer>"
    )


def _date(text: str) -> str:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{date.day} {date:%B %Y, %H:%M} UTC"
