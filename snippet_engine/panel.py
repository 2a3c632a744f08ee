"""One snippet and one run of it as HTML: title, code, timeline, output, facts.

The HTML stands in Markdown. Every line of it begins with a tag and none is
blank; text inside is kept to one line, so no rule of Markdown applies to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from pymdownx.highlight import Highlight

from .lanes import style_of
from .run import Line, Run, Worker
from .snippet import Snippet
from .timeline import timeline
from .words import counted, duration, escaped, kinds, listed, named, one_line, size

BLOCKS_OF_THE_TALK = 17
SHOWN_LINES = 20

_DEFAULTS = {
    "fork": "which is not the default from Python 3.14 on, nor on macOS",
    "spawn": "which is the default on macOS and Windows only",
    "forkserver": "which is the default from Python 3.14 on, and not on macOS",
}


def panel(snippet: Snippet, run: Run, level: int = 3) -> str:
    """The panel of `snippet`, run as `run`. Its title is a heading of `level`."""
    name = identifier(snippet.name)
    source = f' data-source="{snippet.source}"' if snippet.source else ""
    parts = [
        (
            f'<section class="snippet" id="{name}" aria-labelledby="{name}-title"'
            f' data-snippet="{escaped(snippet.name)}"{source}'
            f' data-seconds="{run.seconds:.2f}" data-ending="{escaped(run.ending)}">'
        ),
        _place(snippet),
        # Right inside the section: Material's search then files all below under this heading.
        (
            f'<h{level} id="{name}-title">{escaped(snippet.title)}'
            f'<a class="headerlink" href="#{name}" title="Link to this program"'
            f" data-search-exclude>#</a></h{level}>"
        ),
        *_notes(snippet, run),
        _code(snippet),
        f'<div class="snippet-stage" data-until="{run.seconds:.4f}">',
        timeline(run, name),
        _output(run),
        "</div>",
        _facts(run),
        "</section>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def failure(name: str, message: str) -> str:
    """A box that says why the snippet `name` could not be shown."""
    return (
        f'<section class="snippet snippet-failure" role="note" data-snippet="{escaped(name)}">\n'
        f"<p><strong>{escaped(name)} could not be shown.</strong></p>\n"
        f"<pre>{escaped(message)}</pre>\n"
        "</section>\n"
    )


def identifier(name: str) -> str:
    """The id of a panel on its page: the name of its snippet, `/` as `-`."""
    return re.sub(r"[^\w-]", "-", name)


def _place(snippet: Snippet) -> str:
    """Where it comes from."""
    if not snippet.source:
        return ""
    said = f"Block {snippet.source} of {BLOCKS_OF_THE_TALK} of the talk"
    return f'<p class="snippet-source" data-search-exclude>{said}</p>'


def _notes(snippet: Snippet, run: Run) -> Iterator[str]:
    """What is special of this program, as paragraphs."""
    notes = list(_said(snippet, run))
    if notes:
        yield '<div class="snippet-notes">'
        yield from (f"<p>{note}</p>" for note in notes)
        yield "</div>"


def _said(snippet: Snippet, run: Run) -> Iterator[str]:
    if snippet.setup:
        yield f"First, unseen: <code>{escaped(snippet.setup.strip())}</code>"
    if snippet.stops is not None and run.ending == "stopped":
        yield f"Never ends by itself: stopped after {snippet.stops:g} s, as intended."
    elif snippet.raises is not None and run.ending == "exit 1":
        yield f"Raises <code>{escaped(snippet.raises)}</code>, as intended."
    elif snippet.stops is not None or snippet.raises is not None or run.ending != "exit 0":
        yield f"<strong>Ended with {escaped(run.ending)}, which was not intended.</strong>"
    if snippet.lines == "any-order":
        yield "Its lines come in another order from run to run."
    elif snippet.lines == "each-kind":
        yield "What it prints differs from run to run."
    if snippet.start_method:
        method = snippet.start_method
        yield f"Needs the {method} start method, {_DEFAULTS[method]}."
    if snippet.dependencies:
        yield f"Needs {escaped(listed(list(snippet.dependencies)))}."
    if snippet.alone:
        yield "Measured alone: nothing else ran beside it."


def _code(snippet: Snippet) -> str:
    """The program as Material's own code block, numbered, under its file name."""
    highlight = Highlight(
        None,
        linenums=True,
        linenums_style="pymdownx-inline",
        pygments_lang_class=True,
        stripnl=False,
    )
    return one_line(
        highlight.highlight(
            snippet.code, snippet.language, linestart=1, title=escaped(snippet.path.name)
        )
    )


def _output(run: Run) -> str:
    """What the program printed, each line with its time and its writer."""
    if not run.lines:
        return '<div class="snippet-output"><p class="snippet-silent">Prints nothing.</p></div>'
    workers = {worker.id: worker for worker in run.workers}
    styles = style_of(run.workers)
    rows = []
    for line in run.lines:
        worker = workers.get(line.worker or "")
        rows.append(_row(line, worker, styles.get(line.worker or "", ""), run.seconds))
    first, rest = rows[:SHOWN_LINES], rows[SHOWN_LINES:]
    folded = (
        f"<details><summary>{counted(len(rest), 'more line')}</summary>"
        f'<ol start="{SHOWN_LINES + 1}">{"".join(rest)}</ol></details>'
        if rest
        else ""
    )
    return (
        '<div class="snippet-output" role="group" aria-label="Output">'
        f"<ol>{''.join(first)}</ol>{folded}</div>"
    )


def _row(line: Line, worker: Worker | None, style: str, total: float) -> str:
    writer = named(worker) if worker else "<b></b>"
    error = "<em>stderr</em>" if line.stream == "stderr" else ""
    return (
        f'<li class="line {style}" data-at="{line.at:.4f}"'
        f' data-worker="{escaped(line.worker or "")}" data-stream="{line.stream}">'
        f'<span class="meta" data-search-exclude><time>{duration(line.at, total)}</time>'
        f"{writer}{error}</span> <samp>{escaped(line.text)}</samp></li>"
    )


def _facts(run: Run) -> str:
    """The measured numbers, and on what they were measured."""
    made = run.provenance
    numbers = {
        "Time": duration(run.seconds),
        "CPU time": duration(run.cpu_seconds),
        "Peak memory": size(run.peak_memory),
        "Workers": kinds(run.workers),
        "Ending": run.ending,
    }
    ground = (
        f"Python {made.python} ({made.build}), {made.platform}, {counted(made.cores, 'core')}, "
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
