"""The timelines of several programs for the same task, on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from snippet_engine.rendering.html import render_template
from snippet_engine.rendering.layout import build_layout
from snippet_engine.rendering.timeline_svg import AXIS_HEIGHT, Timeline, draw_axis
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import make_identifier

ROW_HEIGHT = 7  # height of a lane, in pixels
MAX_LANES = 12


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A program in a comparison; `href` is the URL of its panel."""

    snippet: Snippet
    run: Run
    href: str
    caption: str
    picture: Markup


def render_comparison(rows: Sequence[tuple[Snippet, Run, str]]) -> Markup:
    """Return a comparison as HTML, with a row for each (snippet, run, href).

    A row has the title, linked to the panel at `href`, the caption, lanes and seconds.
    """
    until = max((run.seconds for _, run, _ in rows), default=1.0)
    html = render_template(
        "comparison.html",
        rows=[_view_row(snippet, run, href, until) for snippet, run, href in rows],
        until=f"{until:.4f}",
        axis=draw_axis(until, until, 14),
        axis_height=AXIS_HEIGHT,
    )
    return html + "\n"


def _view_row(snippet: Snippet, run: Run, href: str, until: float) -> ComparisonRow:
    if not run.workers:
        return ComparisonRow(snippet, run, href, "", Markup())
    layout = build_layout(run, MAX_LANES, until)
    timeline = Timeline(run, layout, f"way-{make_identifier(snippet.name)}", ROW_HEIGHT)
    return ComparisonRow(snippet, run, href, timeline.caption, timeline.draw_lanes_only())
