"""The timeline of a run in characters, with a row for each worker.

Characters show the state of a worker; colour adds no information.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from snippet_engine.humanize import pluralise
from snippet_engine.rendering.layout import Lane, Layout, build_layout
from snippet_engine.rendering.time_axis import compute_ticks
from snippet_engine.run import Run, Worker
from snippet_engine.tracing.tracks import Segment, find_cpu_shares

MOST_ROWS = 24
NARROWEST = 10  # columns; a narrower time axis is unreadable

# The first is for the main process. Only colours of the basic 16, which all terminals have.
COLOURS = ("bold", "cyan", "magenta", "green", "yellow", "blue", "red", "bright_cyan")


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters of a timeline; `running` is ordered by rising CPU share."""

    running: str
    waiting: str
    suspended: str
    next: str
    on: str
    tick: str


MARKS = Marks("▁▂▃▄▅▆▇█", "░", "·", "|", ">", "╵")
ASCII = Marks("#", ".", "-", "|", ">", "'")


def render_text_timeline(run: Run, width: int, marks: Marks = MARKS) -> list[Text]:
    """Return the lines of the timeline of `run`, for a terminal of `width` columns.

    The list is empty if the run has no workers or the width is too small.
    """
    drawn = build_layout(run, most=MOST_ROWS)
    names = [" " * min(lane.depth, 4) + lane.worker.name for lane in drawn.lanes]
    column = min(max(map(cell_len, names), default=0), max(8, width // 3))
    room = width - column - 1
    if not names or room < NARROWEST:
        return []
    colours = assign_colours(run.workers)
    rows = [
        Text.assemble(
            (fit_name(name, column), colours[lane.worker.id]),
            " ",
            (_row(lane, drawn, room, marks), colours[lane.worker.id]),
        )
        for name, lane in zip(names, drawn.lanes, strict=True)
    ]
    if drawn.rest:
        rows.append(Text(f"+ {pluralise(len(drawn.rest), 'more worker')}", "dim"))
    rows.append(Text(" " * (column + 1) + _axis(drawn, room, marks), "dim"))
    key = _key(drawn, rows, marks)
    return [*rows, Text(key, "dim")] if cell_len(key) <= width else [*rows, *_wrapped(key, width)]


def assign_colours(workers: Sequence[Worker]) -> dict[str, str]:
    """Return the colour of each worker, by its id, as a style of the rich package."""
    others = len(COLOURS) - 1
    return {
        worker.id: COLOURS[(number - 1) % others + 1 if number else 0]
        for number, worker in enumerate(workers)
    }


def fit_name(name: str, columns: int) -> str:
    """Return `name` padded or cut to exactly `columns` columns.

    A number at its end, which identifies the worker, is kept if there is room for it.
    """
    if cell_len(name) > columns:
        number = re.search(r"[-_ ]?[\d_]*$", name)
        tail = number[0] if number and len(number[0]) < columns - 2 else ""
        name = set_cell_size(name, columns - 1 - len(tail)) + "…" + tail
    return set_cell_size(name, columns)


def _row(lane: Lane, drawn: Layout, room: int, marks: Marks) -> str:
    """Return the row of one worker, with at most `room` characters."""
    cells = [_seen(lane.stretches, *_bounds(cell, drawn, room)) for cell in range(room)]
    row = [
        _mark(lane, stretch, _bounds(at, drawn, room), marks) for at, stretch in enumerate(cells)
    ]
    for stretch, run in groupby(range(room), key=lambda cell: cells[cell]):
        if stretch is None or stretch.state != "waiting":
            continue
        at = list(run)
        before = cells[at[0] - 1] if at[0] else None
        if len(at) > 2 and before and before.state == "waiting":
            row[at[0]] = marks.next
        label = f" {stretch.reason} "
        if stretch.reason and cell_len(label) == len(label) <= len(at) - 4:
            start = at[0] + (len(at) - len(label)) // 2
            row[start : start + len(label)] = label
    return "".join(row).rstrip()


def _bounds(cell: int, drawn: Layout, room: int) -> tuple[float, float]:
    """Return the start and end of a cell, in seconds."""
    began, ended = cell * drawn.edge / room, (cell + 1) * drawn.edge / room
    return began, ended if cell < room - 1 else inf  # the last cell includes the end of the run


def _seen(stretches: Sequence[Segment], began: float, ended: float) -> Segment | None:
    """Return the span that takes most of the time from `began` to `ended`, or None.

    Spans of zero length count too. After the stop it is the span that was interrupted by it.
    """
    there = [
        one
        for one in stretches
        if one.began < ended and (one.ended > began or began <= one.began == one.ended)
    ]
    return max(
        there,
        key=lambda one: min(one.ended, ended) - max(one.began, began),
        default=next(
            (one for one in stretches[-1:] if one.is_unfinished and one.ended <= began), None
        ),
    )


def _mark(lane: Lane, stretch: Segment | None, bounds: tuple[float, float], marks: Marks) -> str:
    if stretch is None:
        return " "
    if stretch.ended <= bounds[0] and stretch.is_unfinished:
        return marks.on
    if stretch.state != "running":
        return marks.waiting if stretch.state == "waiting" else marks.suspended
    used = [
        s for a, b, s in find_cpu_shares(lane.worker, stretch) if a < bounds[1] and b > bounds[0]
    ]
    share = max(used, default=1.0)
    return marks.running[min(int(share * len(marks.running)), len(marks.running) - 1)]


def _axis(drawn: Layout, room: int, marks: Marks) -> str:
    """Return the time axis, with as many labels as fit."""
    row = ""
    for at, label in compute_ticks(drawn.until):
        column = int(at / drawn.edge * room)
        if column >= len(row) and column + len(label) < room:
            row = row.ljust(column) + marks.tick + label + " "
    return row.rstrip()


def _key(drawn: Layout, rows: Sequence[Text], marks: Marks) -> str:
    """Return the key, with an entry for each character that occurs in the timeline."""
    stretches = [stretch for lane in drawn.lanes for stretch in lane.stretches]
    states = {stretch.state for stretch in stretches}
    shared = len(marks.running) > 1 and any(
        stretch.state == "running" and find_cpu_shares(lane.worker, stretch)
        for lane in drawn.lanes
        for stretch in lane.stretches
    )
    running = "running, as high as its CPU share" if shared else "running"
    meanings = [
        (marks.running[-1], running, "running" in states),
        (marks.waiting, "waiting", "waiting" in states),
        (marks.suspended, "suspended", "suspended" in states),
        (marks.next, "next wait", any(marks.next in row.plain for row in rows)),
        (marks.on, "goes on", drawn.edge > drawn.until and any(s.is_unfinished for s in stretches)),
    ]
    return "   ".join(f"{mark} {meaning}" for mark, meaning, there in meanings if there)


def _wrapped(key: str, width: int) -> list[Text]:
    """Return the key with one line for each entry, cut to `width` columns."""
    return [
        Text(set_cell_size(part, min(cell_len(part), width)), "dim") for part in key.split("   ")
    ]
