"""The layout of a run's picture: lanes, their segments, links, and the time axis.

Independent of the output format: positions in time are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from snippet_engine.run import Link, Run, Worker, WorkerState
from snippet_engine.tracing.tracks import Segment, build_tracks

COLOURS = 7
SYMBOLS = 8
MAX_LANES = 24
MAX_SEGMENTS = 300
MAX_CHANGES = 240
WIDTH = 640  # pixels; segments shorter than one of them are merged


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of one worker.

    `depth` is the number of its ancestors among the workers. `style` is a pair of CSS
    classes for colour and symbol. `segments` are in order of time.
    """

    worker: Worker
    depth: int
    style: str
    segments: tuple[Segment, ...]

    @property
    def colour(self) -> str:
        """Return the CSS class for its colour."""
        return self.style.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a whole picture.

    `overflow` are the workers without a lane of their own. `until` is the end of the run and
    `edge` the right edge of the picture, both in seconds.
    """

    lanes: tuple[Lane, ...]
    overflow: tuple[Worker, ...]
    until: float
    edge: float

    @property
    def is_stopped(self) -> bool:
        """Return True if the picture continues past the end of the run."""
        return self.edge > self.until


def assign_styles(workers: Sequence[Worker]) -> dict[str, str]:
    """Return the CSS classes for colour and symbol of each worker, by its id.

    The first worker has the colour of text; the colours of the others repeat.
    """
    return {
        worker.id: f"w{(number - 1) % COLOURS + 1 if number else 0} s{number % SYMBOLS}"
        for number, worker in enumerate(workers)
    }


def build_layout(run: Run, max_lanes: int = MAX_LANES, edge: float | None = None) -> Layout:
    """Return the layout of `run`, with lanes for at most `max_lanes` workers.

    Children are below their parents. `edge` is the time at the right edge, in seconds; None
    is the end of the run, or a little later if workers were alive when it was stopped.
    """
    until = max(run.seconds, 1e-6)
    # Leaves a margin in which the lanes of these workers continue past the stop.
    is_stopped = any(worker.ended is None for worker in run.workers)
    tracks = build_tracks(run)
    styles = assign_styles(run.workers)
    lanes = [
        Lane(track.worker, track.depth, styles[track.worker.id], track.segments)
        for track in tracks[:max_lanes]
    ]
    return Layout(
        lanes=tuple(_merge_short_segments(lanes, until)),
        overflow=tuple(track.worker for track in tracks[max_lanes:]),
        until=until,
        edge=edge or (until * 1.03 if is_stopped else until),
    )


def compute_ticks(until: float) -> list[tuple[float, str]]:
    """Return at most six round times from 0 to `until`, in seconds, with their labels."""
    power = 1e-9
    while until / power >= 10:
        power *= 10
    # until / power is now between 1 and 10
    step = power * next(part for part in (0.2, 0.5, 1, 2) if until / power / part <= 5)
    unit, scale = ("ms", 1000) if until < 0.2 else ("s", 1)
    return [
        (number * step, f"{number * step * scale:.6g} {unit}" if number else "0")
        for number in range(int(until / step + 1e-9) + 1)
    ]


def count_alive(workers: Sequence[Worker], until: float) -> list[tuple[float, float, int]]:
    """Return how many of `workers` are alive, as (start, end, number) in seconds.

    From MAX_CHANGES changes on, only every n-th is used, to keep the picture small. `until`
    is the end of workers that outlived the run. `workers` must not be empty.
    """
    ends = [until if worker.ended is None else worker.ended for worker in workers]
    changes = sorted({*(worker.began for worker in workers), *ends})
    step = max(1, 2 * len(changes) // MAX_CHANGES)
    changes = sorted({*changes[::step], changes[-1]})
    return [
        (began, ended, sum(_is_alive(worker, began) for worker in workers))
        for began, ended in pairwise(changes)
    ]


def _is_alive(worker: Worker, at: float) -> bool:
    return worker.began <= at and (worker.ended is None or worker.ended > at)


def group_links(
    links: Iterable[Link], rows: Mapping[str, int], seconds: float
) -> list[tuple[Link, int]]:
    """Return the links to draw, each with the number of links it represents.

    `rows` maps a worker's id to the number of its row. Links that reach a row from the same
    side within `seconds` are drawn as the longest one, which would cover the others.
    """
    groups_by_end: dict[tuple[int, bool], list[list[Link]]] = {}
    for link in sorted(links, key=lambda link: link.at):
        source, target = rows.get(link.source), rows.get(link.target)
        if source is None or target is None or source == target:
            continue
        groups = groups_by_end.setdefault((target, source < target), [])
        if groups and link.at - groups[-1][0].at <= seconds:
            groups[-1].append(link)
        else:
            groups.append([link])
    return [
        (max(group, key=lambda link: abs(rows[link.source] - rows[link.target])), len(group))
        for groups in groups_by_end.values()
        for group in groups
    ]


def _merge_short_segments(lanes: list[Lane], until: float) -> list[Lane]:
    """Return the lanes with segments shorter than a pixel merged.

    The pixel is doubled until at most MAX_SEGMENTS remain, or until it is longer than the
    run.
    """
    pixel = until / WIDTH
    while True:
        merged = [replace(lane, segments=tuple(_merge(lane.segments, pixel))) for lane in lanes]
        if pixel > until or sum(len(lane.segments) for lane in merged) <= MAX_SEGMENTS:
            return merged
        pixel *= 2


def _merge(segments: Iterable[Segment], pixel: float) -> Iterator[Segment]:
    """Yield the segments, with neighbours shorter than `pixel` seconds merged.

    A single short segment between long ones remains: it may be the moment in which a thread
    runs between two waits.
    """
    for is_short, group in groupby(_join_equal(segments), key=lambda s: s.seconds < pixel):
        if is_short:
            yield from _join_equal(_merge_by_pixel(list(group), pixel), also="waiting")
        else:
            yield from group


def _merge_by_pixel(segments: list[Segment], pixel: float) -> Iterator[Segment]:
    """Yield one segment for each group of short ones, in the state of the longest.

    Each group but the last is at least `pixel` seconds long.
    """
    group: list[Segment] = []
    for segment in segments:
        group.append(segment)
        began, ended = group[0].began, segment.ended
        if segment is segments[-1] or ended - began >= pixel:
            longest = max(group, key=lambda segment: segment.seconds)
            is_unfinished = segment.is_unfinished
            yield replace(longest, began=began, ended=ended, is_unfinished=is_unfinished)
            group = []


def _join_equal(segments: Iterable[Segment], also: WorkerState = "running") -> list[Segment]:
    """Return the segments, with neighbours in the same state joined.

    Two waits remain separate unless `also` is "waiting".
    """
    joined: list[Segment] = []
    for segment in segments:
        last = joined[-1] if joined else None
        if last and last.state == segment.state and last.state in ("running", "suspended", also):
            joined[-1] = replace(last, ended=segment.ended, is_unfinished=segment.is_unfinished)
        else:
            joined.append(segment)
    return joined
