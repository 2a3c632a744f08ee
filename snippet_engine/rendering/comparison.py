"""The timelines of several programs for the same task, on one time axis."""

from __future__ import annotations

from collections.abc import Sequence

from snippet_engine.humanize import format_duration
from snippet_engine.rendering.html import escaped
from snippet_engine.rendering.layout import build_layout
from snippet_engine.rendering.summary import summarise_run
from snippet_engine.rendering.time_axis import axis
from snippet_engine.rendering.timeline_svg import AXIS, Picture
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import make_identifier

ROW = 7  # height of a lane, in pixels
MOST = 12


def render_comparison(rows: Sequence[tuple[Snippet, Run, str]]) -> str:
    """Return a comparison as HTML, with a row for each (snippet, run, href).

    A row has the title, linked to the panel at `href`, the caption, lanes and seconds.
    """
    until = max((run.seconds for _, run, _ in rows), default=1.0)
    return "\n".join(
        (
            f'<section class="comparison snippet-stage" data-until="{until:.4f}"'
            ' aria-label="The ways compared">',
            "<ol>",
            *(_way(snippet, run, href, until) for snippet, run, href in rows),
            "</ol>",
            '<div class="way-axis" aria-hidden="true" data-search-exclude>',
            f'<div class="snippet-plot" data-edge="{until:.4f}"><svg class="snippet-timeline"'
            f' width="100%" height="{AXIS}">{axis(until, until, 14)}</svg></div>',
            "</div>",
            '<div class="snippet-replay"></div>',
            "</section>\n",
        )
    )


def _way(snippet: Snippet, run: Run, href: str, until: float) -> str:
    name = make_identifier(snippet.name)
    if run.workers:
        said = summarise_run(run)
        picture = Picture(run, build_layout(run, MOST, until), f"way-{name}", ROW).small(said)
    else:
        said, picture = "", ""
    return (
        f'<li class="way" data-snippet="{escaped(snippet.name)}" data-seconds="{run.seconds:.2f}">'
        f'<div class="way-title"><a href="{escaped(href)}">{escaped(snippet.title)}</a>'
        f"<p>{escaped(said)}</p></div>"
        f'<div class="snippet-plot" data-edge="{until:.4f}">{picture}</div>'
        f'<p class="way-seconds" data-at="{run.seconds:.4f}">'
        f"{format_duration(run.seconds)}</p></li>"
    )
