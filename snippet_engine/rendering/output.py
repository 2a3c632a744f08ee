"""The output of a run as HTML, with that recorded on other versions of Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from snippet_engine.checking.masks import LIBRARY_LABEL, find_library_lines, find_masked_spans
from snippet_engine.humanize import format_duration, join_words, pluralise
from snippet_engine.rendering.html import escaped, render_worker_name
from snippet_engine.rendering.layout import assign_styles
from snippet_engine.run import Line, Run, Stream, Worker
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS, get_feature_version, parse_version

SHOWN_LINES = 20
FOLDED_FROM = 25  # lines; folding only one or two would save no space


def render_output(snippet: Snippet, run: Run, name: str) -> str:
    """Return the output of `run` as HTML, in tabs if versions of Python differ.

    The other tabs show the recordings for those versions. `name` is the id of the panel.
    """
    now = _printed(snippet, run)
    mine = get_feature_version(run.provenance.python)
    tabs = _groups(snippet, mine)
    if len(tabs) < 2:
        return now
    parts = []
    for number, (versions, recording) in enumerate(tabs):
        this = mine in versions
        checked = " checked" if this else ""
        parts.append(
            f'<input type="radio" name="{name}-python" id="{name}-python-{number}"{checked}>'
            f'<label for="{name}-python-{number}">Python {escaped(join_words(versions))}'
            f" <small>{'this run' if this else 'recorded'}</small></label>"
        )
        shown = now if this else _recorded(snippet, recording)
        parts.append(f'<div class="snippet-version">{shown}</div>')
    return (
        '<div class="snippet-versions" role="group" aria-label="Output by version of Python">'
        f"{''.join(parts)}</div>"
    )


def _groups(snippet: Snippet, mine: str) -> list[tuple[list[str], Recording]]:
    """Return each recording with the Python versions it applies to, oldest first.

    `mine` is the version of the run; it counts even if it is not supported.
    """
    found: dict[Recording, list[str]] = {}
    versions = {
        *SUPPORTED_VERSIONS,
        mine,
        *(one.python for one in snippet.recordings if one.python),
    }
    for python in sorted(versions, key=parse_version):
        if (recording := snippet.find_recording(python)) is not None:
            found.setdefault(recording, []).append(python)
    return [(versions, recording) for recording, versions in found.items()]


def _recorded(snippet: Snippet, recording: Recording) -> str:
    rows = (
        f'<li data-stream="{stream}"><samp>{text}</samp></li>'
        for (stream, _), text in zip(
            recording.lines, _marked(recording.lines, snippet), strict=True
        )
    )
    return f'<div class="snippet-recorded"><ol>{"".join(rows)}</ol></div>'


def _printed(snippet: Snippet, run: Run) -> str:
    """Return the lines of the run as HTML, each with its time and worker."""
    if not run.lines:
        return '<div class="snippet-output"><p class="snippet-silent">Prints nothing.</p></div>'
    workers = {worker.id: worker for worker in run.workers}
    styles = assign_styles(run.workers)
    rows = []
    texts = _marked([(line.stream, line.text) for line in run.lines], snippet)
    for line, text in zip(run.lines, texts, strict=True):
        worker = workers.get(line.worker or "")
        style = styles.get(line.worker or "", "")
        rows.append(_row(line, worker, style, run.seconds, text))
    shown = len(rows) if len(rows) < FOLDED_FROM else SHOWN_LINES
    first, rest = rows[:shown], rows[shown:]
    folded = (
        f"<details><summary>{pluralise(len(rest), 'more line')}</summary>"
        f'<ol start="{SHOWN_LINES + 1}">{"".join(rest)}</ol></details>'
        if rest
        else ""
    )
    return (
        '<div class="snippet-output" role="group" aria-label="Output">'
        f"<ol>{''.join(first)}</ol>{folded}</div>"
    )


def _row(line: Line, worker: Worker | None, style: str, total: float, text: str) -> str:
    writer = render_worker_name(worker) if worker else "<b></b>"
    error = "<em>stderr</em>" if line.stream == "stderr" else ""
    return (
        f'<li class="line {style}" data-at="{line.at:.4f}"'
        f' data-worker="{escaped(line.worker or "")}" data-stream="{line.stream}">'
        f'<span class="meta" data-search-exclude>{_moment(line.at, total)}'
        f"{writer}{error}</span> <samp>{text}</samp></li>"
    )


def _moment(at: float, total: float) -> str:
    said = format_duration(at, total)
    # The datetime attribute has no unit for milliseconds, only fractions of a second:
    # https://html.spec.whatwg.org/multipage/text-level-semantics.html#datetime-value
    exact = f' datetime="{at:.3f}s"' if said.endswith("ms") else ""
    return f"<time{exact}>{said}</time>"


def find_varying_parts(
    lines: Sequence[tuple[Stream, str]], masks: Iterable[tuple[str, str]]
) -> list[list[tuple[int, int, str]]]:
    """Return, for each line, the parts that vary between runs as (start, end, name).

    Positions are character offsets. `masks` are pairs of a regular expression and its name.
    A line of a standard library frame or warning varies as a whole, without its indentation.
    """
    masks = tuple(masks)
    library: dict[Stream, Iterator[bool]] = {
        stream: iter(find_library_lines([text for kind, text in lines if kind == stream]))
        for stream in ("stdout", "stderr")
    }
    found = []
    for stream, text in lines:
        indent = len(text) - len(text.lstrip())
        whole = [(indent, len(text), LIBRARY_LABEL)]
        found.append(whole if next(library[stream]) else find_masked_spans(text, masks))
    return found


def _marked(lines: Sequence[tuple[Stream, str]], snippet: Snippet) -> list[str]:
    """Return the lines as HTML, with each part that varies between runs marked."""
    marked = []
    for (_, text), parts in zip(lines, find_varying_parts(lines, snippet.mask), strict=True):
        shown, last = [], 0
        for began, ended, what in parts:
            shown.append(escaped(text[last:began]))
            shown.append(
                f'<span class="varies" title="varies: {escaped(what)}">'
                f"{escaped(text[began:ended])}</span>"
            )
            last = ended
        marked.append("".join([*shown, escaped(text[last:])]))
    return marked
