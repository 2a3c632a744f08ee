"""Where everything of a run stands in its picture: lanes, stretches, links.

Layout only: numbers and words, no markup. Times stay seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import inf

from .run import Link, Run, Span, State, Worker

COLOURS = 7
SYMBOLS = 8
MOST_LANES = 24
MOST_STRETCHES = 300
PIXELS = 640
LOOKS = 3  # at the CPU use of a stretch; fewer say more of when these were than of it


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a lane in one state. `going_on`: still so when the run was stopped."""

    state: State
    began: float
    ended: float
    reason: str = ""
    going_on: bool = False

    @property
    def seconds(self) -> float:
        return self.ended - self.began


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
    nested = list(_nested(run.workers))
    styles = style_of(run.workers)
    spans = _by_worker(run.spans)
    exact = [
        Lane(worker, depth, styles[worker.id], tuple(_stretches(worker, spans, until)))
        for worker, depth in nested[:most]
    ]
    return Layout(
        lanes=tuple(_legible(exact, until)),
        rest=tuple(worker for worker, _ in nested[most:]),
        until=until,
        edge=edge or (until * 1.03 if stopped else until),
    )


def _nested(workers: Sequence[Worker]) -> Iterator[tuple[Worker, int]]:
    """Each worker with its depth, depth first, in the order of start."""
    known = {worker.id for worker in workers}
    children: dict[str | None, list[Worker]] = {}
    for worker in workers:
        parent = worker.parent if worker.parent in known else None
        children.setdefault(parent, []).append(worker)
    waiting = [(worker, 0) for worker in reversed(children.get(None, ()))]
    while waiting:
        worker, depth = waiting.pop()
        yield worker, depth
        waiting += [(child, depth + 1) for child in reversed(children.get(worker.id, ()))]


def _by_worker(spans: Iterable[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.began):
        found.setdefault(span.worker, []).append(span)
    return found


def _stretches(worker: Worker, spans: dict[str, list[Span]], until: float) -> Iterator[Stretch]:
    """A worker's whole life without a gap.

    Where no span tells, a process or thread runs; what is scheduled by the
    program itself (a task, a generator) is suspended.
    """
    end = until if worker.ended is None else min(worker.ended, until)
    idle: State = "running" if worker.kind in ("process", "thread") else "suspended"
    now = worker.began
    for span in spans.get(worker.id, ()):
        began = max(span.began, now)
        ended = end if span.ended is None else min(span.ended, end)
        if ended <= began:
            continue
        if began > now:
            yield Stretch(idle, now, began)
        yield Stretch(span.state, began, ended, span.reason, ended == end and worker.ended is None)
        now = ended
    if now < end or now == worker.began:
        yield Stretch(idle, now, max(now, end), "", worker.ended is None)


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


def shares(worker: Worker, stretch: Stretch) -> list[tuple[float, float, float]]:
    """CPU use while `stretch` ran: from, to, share of a core in tenths.

    None where it was not looked at for LOOKS times.
    """
    found: list[tuple[float, float, float]] = []
    ends = [*(at for at, _ in worker.shares[1:]), inf][: len(worker.shares)]
    known = 0.0
    for (at, share), until in zip(worker.shares, ends, strict=True):
        began, ended = max(at, stretch.began), min(until, stretch.ended)
        if ended <= began:
            continue
        known += ended - began
        rounded = round(min(max(share, 0), 1) * 10) / 10
        if found and found[-1][2] == rounded:
            found[-1] = (found[-1][0], ended, rounded)
        else:
            found.append((began, ended, rounded))
    return found if known >= LOOKS * worker.sample else []


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
