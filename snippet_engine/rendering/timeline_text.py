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
from snippet_engine.rendering.layout import Lane, Layout, build_layout, compute_ticks
from snippet_engine.run import Run, Worker
from snippet_engine.tracing.tracks import Segment, find_cpu_shares

MAX_ROWS = 24
MIN_COLUMNS = 10  # a narrower time axis is unreadable

# The first is for the main process. Only colours of the basic 16, which all terminals have.
COLOURS = ("bold", "cyan", "magenta", "green", "yellow", "blue", "red", "bright_cyan")


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters of a timeline; `running` is ordered by rising CPU share."""

    running: str
    waiting: str
    suspended: str
    next_wait: str
    unfinished: str
    tick: str


UNICODE_MARKS = Marks("▁▂▃▄▅▆▇█", "░", "·", "|", ">", "╵")
ASCII_MARKS = Marks("#", ".", "-", "|", ">", "'")


def render_text_timeline(run: Run, width: int, marks: Marks = UNICODE_MARKS) -> list[Text]:
    """Return the lines of the timeline of `run`, for a terminal of `width` columns.

    The list is empty if the run has no workers or the width is too small.
    """
    layout = build_layout(run, max_lanes=MAX_ROWS)
    names = [" " * min(lane.depth, 4) + lane.worker.name for lane in layout.lanes]
    name_columns = min(max(map(cell_len, names), default=0), max(8, width // 3))
    columns = width - name_columns - 1
    if not names or columns < MIN_COLUMNS:
        return []
    colours = assign_colours(run.workers)
    rows = [
        Text.assemble(
            (fit_name(name, name_columns), colours[lane.worker.id]),
            " ",
            (_render_lane(lane, layout, columns, marks), colours[lane.worker.id]),
        )
        for name, lane in zip(names, layout.lanes, strict=True)
    ]
    if layout.overflow:
        rows.append(Text(f"+ {pluralise(len(layout.overflow), 'more worker')}", "dim"))
    rows.append(Text(" " * (name_columns + 1) + _render_axis(layout, columns, marks), "dim"))
    key = _render_key(layout, rows, marks)
    return [*rows, Text(key, "dim")] if cell_len(key) <= width else [*rows, *_wrap(key, width)]


def assign_colours(workers: Sequence[Worker]) -> dict[str, str]:
    """Return the colour of each worker, by its id, as a style of the rich package."""
    others = len(COLOURS) - 1
    return {
        worker.id: COLOURS[(number - 1) % others + 1 if number else 0]
        for number, worker in enumerate(workers)
    }


def fit_name(name: str, columns: int) -> str:
    """Return `name` padded or cut to exactly `columns` columns.

    A number at its end, which identifies the worker, remains if there is room for it.
    """
    if cell_len(name) > columns:
        number = re.search(r"[-_ ]?[\d_]*$", name)
        end = number[0] if number and len(number[0]) < columns - 2 else ""
        name = set_cell_size(name, columns - 1 - len(end)) + "…" + end
    return set_cell_size(name, columns)


def _render_lane(lane: Lane, layout: Layout, columns: int, marks: Marks) -> str:
    """Return the row of one worker, with at most `columns` characters."""
    bounds = [_bounds_of_cell(cell, layout, columns) for cell in range(columns)]
    cells = [_find_dominant_segment(lane.segments, *times) for times in bounds]
    row = [
        _choose_mark(lane, segment, times, marks)
        for segment, times in zip(cells, bounds, strict=True)
    ]
    for segment, group in groupby(range(columns), key=lambda cell: cells[cell]):
        if segment is None or segment.state != "waiting":
            continue
        positions = list(group)
        first = positions[0]
        before = cells[first - 1] if first else None
        if len(positions) > 2 and before and before.state == "waiting":
            row[first] = marks.next_wait
        label = f" {segment.reason} "
        if segment.reason and cell_len(label) == len(label) <= len(positions) - 4:
            start = first + (len(positions) - len(label)) // 2
            row[start : start + len(label)] = label
    return "".join(row).rstrip()


def _bounds_of_cell(cell: int, layout: Layout, columns: int) -> tuple[float, float]:
    """Return the start and end of a cell, in seconds."""
    began, ended = cell * layout.edge / columns, (cell + 1) * layout.edge / columns
    return began, ended if cell < columns - 1 else inf  # the last cell includes the end of the run


def _find_dominant_segment(
    segments: Sequence[Segment], began: float, ended: float
) -> Segment | None:
    """Return the segment that takes most of the time from `began` to `ended`, or None.

    Segments of zero length count too. After the stop it is the segment that was interrupted
    by it.
    """
    present = [
        segment
        for segment in segments
        if segment.began < ended
        and (segment.ended > began or began <= segment.began == segment.ended)
    ]
    if present:
        return max(present, key=lambda s: min(s.ended, ended) - max(s.began, began))
    last = segments[-1] if segments else None
    return last if last and last.is_unfinished and last.ended <= began else None


def _choose_mark(
    lane: Lane, segment: Segment | None, bounds: tuple[float, float], marks: Marks
) -> str:
    """Return the character of a cell in which `segment` takes most of the time."""
    began, ended = bounds
    if segment is None:
        return " "
    if segment.is_unfinished and segment.ended <= began:
        return marks.unfinished
    if segment.state != "running":
        return marks.waiting if segment.state == "waiting" else marks.suspended
    cpu_shares = find_cpu_shares(lane.worker, segment)
    share = max(
        (share for start, end, share in cpu_shares if start < ended and end > began), default=1.0
    )
    return marks.running[min(int(share * len(marks.running)), len(marks.running) - 1)]


def _render_axis(layout: Layout, columns: int, marks: Marks) -> str:
    """Return the time axis, with as many labels as fit."""
    row = ""
    for at, label in compute_ticks(layout.until):
        column = int(at / layout.edge * columns)
        if column >= len(row) and column + len(label) < columns:
            row = row.ljust(column) + marks.tick + label + " "
    return row.rstrip()


def _render_key(layout: Layout, rows: Sequence[Text], marks: Marks) -> str:
    """Return the key, with an entry for each character that occurs in the timeline."""
    segments = [(lane.worker, segment) for lane in layout.lanes for segment in lane.segments]
    states = {segment.state for _, segment in segments}
    has_heights = len(marks.running) > 1 and any(
        segment.state == "running" and find_cpu_shares(worker, segment)
        for worker, segment in segments
    )
    running = "running, as high as its CPU share" if has_heights else "running"
    is_unfinished = layout.is_stopped and any(segment.is_unfinished for _, segment in segments)
    meanings = [
        (marks.running[-1], running, "running" in states),
        (marks.waiting, "waiting", "waiting" in states),
        (marks.suspended, "suspended", "suspended" in states),
        (marks.next_wait, "next wait", any(marks.next_wait in row.plain for row in rows)),
        (marks.unfinished, "continues", is_unfinished),
    ]
    return "   ".join(f"{mark} {meaning}" for mark, meaning, occurs in meanings if occurs)


def _wrap(key: str, width: int) -> list[Text]:
    """Return the key with one line for each entry, cut to `width` columns."""
    return [
        Text(set_cell_size(entry, min(cell_len(entry), width)), "dim") for entry in key.split("   ")
    ]
