"""The layout of a run's picture: lanes, their spans, and links between them.

Independent of the output format: positions in time are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from snippet_engine.run import Link, Run, Worker, WorkerState
from snippet_engine.tracing.tracks import Segment, build_tracks

COLOURS = 7
SYMBOLS = 8
MOST_LANES = 24
MOST_STRETCHES = 300
PIXELS = 640


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of one worker.

    `depth` is the number of its ancestors among the workers. `style` is a pair of CSS
    classes for colour and symbol. `stretches` are the spans to draw, in order of time.
    """

    worker: Worker
    depth: int
    style: str
    stretches: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a whole picture.

    `rest` are the workers without a lane of their own. `until` is the end of the run and
    `edge` the right edge of the picture, both in seconds.
    """

    lanes: tuple[Lane, ...]
    rest: tuple[Worker, ...]
    until: float
    edge: float


def assign_styles(workers: Sequence[Worker]) -> dict[str, str]:
    """Return the CSS classes for colour and symbol of each worker, by its id.

    The first worker has the colour of text; the colours of the others repeat.
    """
    return {
        worker.id: f"w{(number - 1) % COLOURS + 1 if number else 0} s{number % SYMBOLS}"
        for number, worker in enumerate(workers)
    }


def build_layout(run: Run, most: int = MOST_LANES, edge: float | None = None) -> Layout:
    """Return the layout of `run`, with lanes for at most `most` workers.

    Children are below their parents. `edge` is the time at the right edge, in seconds; None
    is the end of the run, or a little later if workers were alive when it was stopped.
    """
    until = max(run.seconds, 1e-6)
    # Leaves a margin in which the lanes of these workers continue past the stop.
    stopped = any(worker.ended is None for worker in run.workers)
    tracks = build_tracks(run)
    styles = assign_styles(run.workers)
    exact = [
        Lane(track.worker, track.depth, styles[track.worker.id], track.segments)
        for track in tracks[:most]
    ]
    return Layout(
        lanes=tuple(_legible(exact, until)),
        rest=tuple(track.worker for track in tracks[most:]),
        until=until,
        edge=edge or (until * 1.03 if stopped else until),
    )


def _legible(lanes: list[Lane], until: float) -> list[Lane]:
    """Return the lanes with spans shorter than a pixel merged.

    The pixel is doubled until at most MOST_STRETCHES spans remain, or until it is longer
    than the run.
    """
    pixel = until / PIXELS
    while True:
        joined = [replace(lane, stretches=tuple(_joined(lane.stretches, pixel))) for lane in lanes]
        if pixel > until or sum(len(lane.stretches) for lane in joined) <= MOST_STRETCHES:
            return joined
        pixel *= 2


def _joined(stretches: Iterable[Segment], pixel: float) -> Iterator[Segment]:
    """Yield the spans, with neighbours shorter than `pixel` seconds merged.

    A single short span between long ones is kept: it may be the moment in which a thread
    runs between two waits.
    """
    for short, run in groupby(_merged(stretches), key=lambda s: s.seconds < pixel):
        if short:
            yield from _merged(_blurred(list(run), pixel), also="waiting")
        else:
            yield from run


def _blurred(short: list[Segment], pixel: float) -> Iterator[Segment]:
    """Yield one span for each group of `short` ones, in the state of the longest.

    Each group but the last is at least `pixel` seconds long.
    """
    group: list[Segment] = []
    for stretch in short:
        group.append(stretch)
        if stretch is short[-1] or stretch.ended - group[0].began >= pixel:
            longest = max(group, key=lambda one: one.seconds)
            began, ended, is_unfinished = group[0].began, stretch.ended, stretch.is_unfinished
            yield replace(longest, began=began, ended=ended, is_unfinished=is_unfinished)
            group = []


def _merged(stretches: Iterable[Segment], also: WorkerState = "running") -> list[Segment]:
    """Return the spans, with neighbours in the same state merged.

    Two waits remain separate unless `also` is "waiting".
    """
    merged: list[Segment] = []
    for now in stretches:
        last = merged[-1] if merged else None
        if last and last.state == now.state and now.state in ("running", "suspended", also):
            merged[-1] = replace(last, ended=now.ended, is_unfinished=now.is_unfinished)
        else:
            merged.append(now)
    return merged


def count_alive(rest: Sequence[Worker], until: float) -> list[tuple[float, float, int]]:
    """Return how many workers of `rest` are alive, as (start, end, number) in seconds.

    From 240 changes on, only every n-th is used, to keep the picture small. `until` is the
    end of workers that outlived the run. `rest` must not be empty.
    """
    edges = sorted({at for w in rest for at in (w.began, until if w.ended is None else w.ended)})
    step = max(1, len(edges) // 120)
    edges = sorted({*edges[::step], edges[-1]})
    return [
        (began, ended, sum(_alive(worker, began) for worker in rest))
        for began, ended in pairwise(edges)
    ]


def _alive(worker: Worker, at: float) -> bool:
    return worker.began <= at and (worker.ended is None or worker.ended > at)


def group_links(links: Iterable[Link], rows: dict[str, int], near: float) -> list[tuple[Link, int]]:
    """Return the links to draw, each with the number of links it represents.

    `rows` maps a worker's id to the number of its row. Links that reach a row from the same
    side within `near` seconds are drawn as the longest one, which would cover the others.
    """
    groups: dict[int, list[list[Link]]] = {}
    for link in sorted(links, key=lambda link: link.at):
        if link.source in rows and link.target in rows and rows[link.source] != rows[link.target]:
            above = rows[link.source] < rows[link.target]
            found = groups.setdefault(2 * rows[link.target] + above, [])
            if found and link.at - found[-1][0].at <= near:
                found[-1].append(link)
            else:
                found.append([link])
    return [
        (max(group, key=lambda link: abs(rows[link.source] - rows[link.target])), len(group))
        for found in groups.values()
        for group in found
    ]
