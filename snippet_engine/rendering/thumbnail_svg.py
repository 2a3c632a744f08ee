"""The timeline of a run as a thumbnail, small enough for a hundred on one page.

It has one path for each lane and state. The lanes are scaled to the available width, so
they contain no strokes, text or round ends, which scaling would distort.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from snippet_engine.rendering.html import element
from snippet_engine.rendering.layout import Lane, Layout, build_layout, compute_ticks, count_alive
from snippet_engine.rendering.timeline_svg import draw_axis
from snippet_engine.run import Run
from snippet_engine.tracing.tracks import find_cpu_shares

LANE_HEIGHT, BAR_HEIGHT = 7, 5  # in pixels
AXIS_HEIGHT = 17
MAX_LANES = 12
WIDTH = 1000  # units of an SVG that is some 250 pixels wide
MIN_WIDTH = 5


def render_thumbnail(run: Run, caption: str) -> Markup:
    """Return the thumbnail of `run` as HTML, with its own time axis.

    `caption` is used as the accessible label.
    """
    layout = build_layout(run, MAX_LANES)
    height = LANE_HEIGHT * (len(layout.lanes) + bool(layout.overflow))
    grid = "".join(
        _draw_box(_place(at, layout), 2, 0, height) for at, _ in compute_ticks(layout.until)
    )
    lanes = element(
        "svg",
        element("path", class_="grid", d=grid),
        *_draw_lanes(layout),
        *_draw_overflow(layout, height - LANE_HEIGHT),
        role="img",
        aria_label=caption,
        viewBox=f"0 0 {WIDTH} {height}",
        preserveAspectRatio="none",
        width="100%",
        height=height,
    )
    axis = element(
        "svg",
        draw_axis(layout.until, layout.edge, 13),
        class_="snippet-timeline",
        width="100%",
        height=AXIS_HEIGHT,
        aria_hidden="true",
    )
    return element("div", lanes, axis, class_="thumbnail")


def _draw_lanes(layout: Layout) -> Iterator[Markup]:
    for number, lane in enumerate(layout.lanes):
        paths = _build_paths(lane, layout, LANE_HEIGHT * number + 1)
        yield element(
            "g",
            *(element("path", class_=state, d=path) for state, path in paths.items()),
            class_=f"lane {lane.colour}",
            data_kind=lane.worker.kind,
        )


def _build_paths(lane: Lane, layout: Layout, top: int) -> dict[str, str]:
    """Return the SVG paths of a lane by CSS class, in the order of drawing.

    `top` is the upper edge of the bar, in pixels.
    """
    paths = dict.fromkeys(("track", "wait", "alive", "run", "on"), "")
    for segment in lane.segments:
        left, width = _place_span(segment.began, segment.ended, layout)
        if segment.state == "waiting":
            paths["wait"] += _draw_box(left, width, top, BAR_HEIGHT)
        elif segment.state == "suspended":
            paths["alive"] += _draw_box(left, width, top + 2, 1)
        elif cpu_shares := find_cpu_shares(lane.worker, segment):
            paths["track"] += _draw_box(left, width, top, BAR_HEIGHT)
            for began, ended, share in cpu_shares:
                height = round(BAR_HEIGHT * share, 1)
                place = _place_span(began, ended, layout)
                paths["run"] += _draw_box(*place, top + BAR_HEIGHT - height, height)
        else:
            paths["run"] += _draw_box(left, width, top, BAR_HEIGHT)
        if segment.is_unfinished and layout.edge > layout.until:
            # Dashes past the stop show that the worker was still alive.
            left = _place(layout.until, layout)
            paths["on"] += "".join(
                _draw_box(left + offset, 6, top + 1, 3) for offset in range(6, WIDTH - left, 12)
            )
    return {state: path for state, path in paths.items() if path}


def _draw_overflow(layout: Layout, top: int) -> Iterator[Markup]:
    """Yield a lane for all workers without their own, if there are any.

    Its height over time is the share of them that is alive.
    """
    if layout.overflow:
        path = "".join(
            _draw_box(*_place_span(began, ended, layout), top + LANE_HEIGHT - 1 - height, height)
            for began, ended, number in count_alive(layout.overflow, layout.until)
            for height in [round(BAR_HEIGHT * number / len(layout.overflow), 1)]
        )
        bar = element("path", class_="run", d=path)
        yield element("g", bar, class_="lane more", data_kind="more")


def _place(at: float, layout: Layout) -> int:
    """Return the position of a moment in SVG units."""
    return round(WIDTH * min(max(at / layout.edge, 0), 1))


def _place_span(began: float, ended: float, layout: Layout) -> tuple[int, int]:
    """Return left edge and width in SVG units; the width is at least MIN_WIDTH."""
    left = _place(began, layout)
    width = max(_place(ended, layout) - left, MIN_WIDTH)
    return min(left, WIDTH - width), width


def _draw_box(left: int, width: int, top: float, height: float) -> str:
    """Return a rectangle as part of an SVG path, "" without a height."""
    return f"M{left} {top:g}h{width}v{height:g}h-{width}z" if height else ""
