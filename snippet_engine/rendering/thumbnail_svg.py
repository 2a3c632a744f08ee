"""The timeline of a run as a thumbnail, small enough for a hundred on one page.

It has one path for each lane and state. The lanes are scaled to the available width, so
they contain no strokes, text or round ends, which scaling would distort.
"""

from __future__ import annotations

from collections.abc import Iterator

from snippet_engine.rendering.html import escaped
from snippet_engine.rendering.layout import Lane, Layout, build_layout, count_alive
from snippet_engine.rendering.time_axis import axis, compute_ticks
from snippet_engine.run import Run
from snippet_engine.tracing.tracks import find_cpu_shares

ROW, BAR = 7, 5  # heights of a lane and of a bar in it, in pixels
AXIS = 17
MOST = 12
WIDTH = 1000  # units of an SVG that is some 250 pixels wide
LEAST = 5


def render_thumbnail(run: Run, said: str) -> str:
    """Return the thumbnail of `run` as HTML, with its own time axis.

    `said` is the caption, used as the accessible label.
    """
    drawn = build_layout(run, MOST)
    rows = len(drawn.lanes) + bool(drawn.rest)
    height = ROW * rows
    grid = "".join(_box(_x(at, drawn), 2, 0, height) for at, _ in compute_ticks(drawn.until))
    lanes = "".join((*_lanes(drawn), *_rest(drawn, height - ROW)))
    return (
        f'<div class="thumbnail"><svg role="img" aria-label="{escaped(said)}"'
        f' viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" width="100%"'
        f' height="{height}"><path class="grid" d="{grid}"/>{lanes}</svg>'
        f'<svg class="snippet-timeline" width="100%" height="{AXIS}" aria-hidden="true">'
        f"{axis(drawn.until, drawn.edge, 13)}</svg></div>"
    )


def _lanes(drawn: Layout) -> Iterator[str]:
    for number, lane in enumerate(drawn.lanes):
        paths = "".join(
            f'<path class="{state}" d="{path}"/>'
            for state, path in _paths(lane, drawn, ROW * number + 1).items()
        )
        yield (
            f'<g class="lane {lane.style.split()[0]}" data-kind="{lane.worker.kind}">{paths}</g>'
        )


def _paths(lane: Lane, drawn: Layout, top: int) -> dict[str, str]:
    """Return the SVG paths of a lane by CSS class, in the order of drawing.

    `top` is the upper edge of the bar, in pixels.
    """
    paths = dict.fromkeys(("track", "wait", "alive", "run", "on"), "")
    for stretch in lane.stretches:
        left, width = _place(stretch.began, stretch.ended, drawn)
        if stretch.state == "waiting":
            paths["wait"] += _box(left, width, top, BAR)
        elif stretch.state == "suspended":
            paths["alive"] += _box(left, width, top + 2, 1)
        elif used := find_cpu_shares(lane.worker, stretch):
            paths["track"] += _box(left, width, top, BAR)
            for began, ended, share in used:
                high = round(BAR * share, 1)
                paths["run"] += _box(*_place(began, ended, drawn), top + BAR - high, high)
        else:
            paths["run"] += _box(left, width, top, BAR)
        if stretch.is_unfinished and drawn.edge > drawn.until:
            # Dashes past the stop show that the worker was still alive.
            left = _x(drawn.until, drawn)
            paths["on"] += "".join(
                _box(left + n, 6, top + 1, 3) for n in range(6, WIDTH - left, 12)
            )
    return {state: path for state, path in paths.items() if path}


def _rest(drawn: Layout, top: int) -> Iterator[str]:
    """Yield a lane for all workers without their own, if there are any.

    Its height over time is the share of them that is alive.
    """
    if drawn.rest:
        path = "".join(
            _box(*_place(began, ended, drawn), top + ROW - 1 - high, high)
            for began, ended, number in count_alive(drawn.rest, drawn.until)
            for high in [round(BAR * number / len(drawn.rest), 1)]
        )
        yield f'<g class="lane more" data-kind="more"><path class="run" d="{path}"/></g>'


def _x(at: float, drawn: Layout) -> int:
    return round(WIDTH * min(max(at / drawn.edge, 0), 1))


def _place(began: float, ended: float, drawn: Layout) -> tuple[int, int]:
    """Return left edge and width in SVG units; the width is at least LEAST."""
    left = _x(began, drawn)
    width = max(_x(ended, drawn) - left, LEAST)
    return min(left, WIDTH - width), width


def _box(left: int, width: int, top: float, height: float) -> str:
    return f"M{left} {top:g}h{width}v{height:g}h-{width}z" if height else ""
