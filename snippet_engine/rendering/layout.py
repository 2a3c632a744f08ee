"""Where everything of a run stands in its picture: lanes, stretches, links.

Layout only: numbers and words, no markup. Times stay seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from snippet_engine.run import Link, Run, State, Worker
from snippet_engine.tracing.tracks import Stretch, tracks_of

COLOURS = 7
SYMBOLS = 8
MOST_LANES = 24
MOST_STRETCHES = 300
PIXELS = 640


@dataclass(frozen=True, slots=True)
class Lane:
    """One worker's line in the picture, `depth` levels below the first."""

    worker: Worker
    depth: int
    style: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a run's picture. `rest`: the workers past the last lane."""

    lanes: tuple[Lane, ...]
    rest: tuple[Worker, ...]
    until: float
    edge: float


def style_of(workers: Sequence[Worker]) -> dict[str, str]:
    """Colour and symbol of each worker, as CSS classes; the first is in ink."""
    return {
        worker.id: f"w{(number - 1) % COLOURS + 1 if number else 0} s{number % SYMBOLS}"
        for number, worker in enumerate(workers)
    }


def layout(run: Run, most: int = MOST_LANES, edge: float | None = None) -> Layout:
    """Lanes for the first `most` workers of `run`, children under their parents.

    The picture ends at `edge`, or else where the run does.
    """
    until = max(run.seconds, 1e-6)
    # Room for what goes on past the stop.
    stopped = any(worker.ended is None for worker in run.workers)
    tracks = tracks_of(run)
    styles = style_of(run.workers)
    exact = [
        Lane(track.worker, track.depth, styles[track.worker.id], track.stretches)
        for track in tracks[:most]
    ]
    return Layout(
        lanes=tuple(_legible(exact, until)),
        rest=tuple(track.worker for track in tracks[most:]),
        until=until,
        edge=edge or (until * 1.03 if stopped else until),
    )


def _legible(lanes: list[Lane], until: float) -> list[Lane]:
    """The lanes with what is too short to be seen joined, and not too many parts."""
    pixel = until / PIXELS
    while True:
        joined = [replace(lane, stretches=tuple(_joined(lane.stretches, pixel))) for lane in lanes]
        if pixel > until or sum(len(lane.stretches) for lane in joined) <= MOST_STRETCHES:
            return joined
        pixel *= 2


def _joined(stretches: Iterable[Stretch], pixel: float) -> Iterator[Stretch]:
    """Neighbours shorter than a pixel as one, in the state that lasts longest.

    A short one between long ones stays: the moment between two waits in which
    a thread runs is what a reader looks for.
    """
    for short, run in groupby(_merged(stretches), key=lambda s: s.seconds < pixel):
        if short:
            yield from _merged(_blurred(list(run), pixel), also="waiting")
        else:
            yield from run


def _blurred(short: list[Stretch], pixel: float) -> Iterator[Stretch]:
    """Groups of short stretches, each as long as a pixel, in the state that lasts longest."""
    group: list[Stretch] = []
    for stretch in short:
        group.append(stretch)
        if stretch is short[-1] or stretch.ended - group[0].began >= pixel:
            longest = max(group, key=lambda one: one.seconds)
            going_on = stretch.going_on
            yield replace(longest, began=group[0].began, ended=stretch.ended, going_on=going_on)
            group = []


def _merged(stretches: Iterable[Stretch], also: State = "running") -> list[Stretch]:
    """Running on and suspended on are one stretch; two waits stay two, unless `also`."""
    merged: list[Stretch] = []
    for now in stretches:
        last = merged[-1] if merged else None
        if last and last.state == now.state and now.state in ("running", "suspended", also):
            merged[-1] = replace(last, ended=now.ended, going_on=now.going_on)
        else:
            merged.append(now)
    return merged


def crowd(rest: Sequence[Worker], until: float) -> list[tuple[float, float, int]]:
    """How many of `rest` are alive: from, to, number."""
    edges = sorted({at for w in rest for at in (w.began, until if w.ended is None else w.ended)})
    step = max(1, len(edges) // 120)
    edges = sorted({*edges[::step], edges[-1]})
    return [
        (began, ended, sum(_alive(worker, began) for worker in rest))
        for began, ended in pairwise(edges)
    ]


def _alive(worker: Worker, at: float) -> bool:
    return worker.began <= at and (worker.ended is None or worker.ended > at)


def bundles(links: Iterable[Link], rows: dict[str, int], near: float) -> list[tuple[Link, int]]:
    """The links to draw, each with how many it stands for.

    Of links to one lane within `near` seconds the longest is drawn: it passes
    where the others would lie.
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
