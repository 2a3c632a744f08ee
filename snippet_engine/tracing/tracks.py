"""Tracks: the gapless sequence of states of each worker of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from snippet_engine.run import Run, Span, Worker, WorkerState

MIN_SAMPLES = 3  # fewest CPU samples in a segment; with fewer, the sampling phase dominates


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a worker's time that it spends in one state, in seconds of the run.

    `is_unfinished` is True if the worker was still in that state when the run was stopped.
    """

    state: WorkerState
    began: float
    ended: float
    reason: str = ""
    is_unfinished: bool = False

    @property
    def seconds(self) -> float:
        """Return the length of the segment."""
        return self.ended - self.began


@dataclass(frozen=True, slots=True)
class Track:
    """One worker of a run with its segments, `depth` levels below the root worker."""

    worker: Worker
    depth: int
    segments: tuple[Segment, ...]


def build_tracks(run: Run) -> list[Track]:
    """Return a track for each worker of `run`, children under their parents."""
    until = max(run.seconds, 1e-6)
    spans = group_spans(run.spans)
    return [
        Track(worker, depth, tuple(iter_segments(worker, spans, until)))
        for worker, depth in iter_worker_tree(run.workers)
    ]


def iter_worker_tree(workers: Sequence[Worker]) -> Iterator[tuple[Worker, int]]:
    """Yield each worker with its depth in the tree: depth first, siblings as given."""
    ids = {worker.id for worker in workers}
    children: dict[str | None, list[Worker]] = {}
    for worker in workers:
        parent = worker.parent if worker.parent in ids else None
        children.setdefault(parent, []).append(worker)
    pending = [(worker, 0) for worker in reversed(children.get(None, ()))]
    while pending:
        worker, depth = pending.pop()
        yield worker, depth
        pending += [(child, depth + 1) for child in reversed(children.get(worker.id, ()))]


def group_spans(spans: Iterable[Span]) -> dict[str, list[Span]]:
    """Return the spans of each worker, by its id, in order of their start."""
    groups: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.began):
        groups.setdefault(span.worker, []).append(span)
    return groups


def iter_segments(worker: Worker, spans: dict[str, list[Span]], until: float) -> Iterator[Segment]:
    """Yield the segments from a worker's start to its end, without gaps.

    Time outside all spans is "running" for a process or thread, and "suspended" for a task,
    coroutine or generator. `until` is the end of the run in seconds.
    """
    end = until if worker.ended is None else min(worker.ended, until)
    idle: WorkerState = "running" if worker.kind in ("process", "thread") else "suspended"
    now = worker.began
    for span in spans.get(worker.id, ()):
        began = max(span.began, now)
        ended = end if span.ended is None else min(span.ended, end)
        if ended <= began:
            continue
        if began > now:
            yield Segment(idle, now, began)
        yield Segment(span.state, began, ended, span.reason, ended == end and worker.ended is None)
        now = ended
    if now < end or now == worker.began:
        yield Segment(idle, now, max(now, end), "", worker.ended is None)


def find_cpu_shares(worker: Worker, segment: Segment) -> list[tuple[float, float, float]]:
    """Return the CPU use during `segment` as (from, to, share of a core).

    Shares are rounded to tenths, and equal neighbours merged. The list is empty if the
    segment has fewer than MIN_SAMPLES samples.
    """
    shares: list[tuple[float, float, float]] = []
    ends = [*(at for at, _ in worker.shares[1:]), inf][: len(worker.shares)]
    sampled = 0.0  # seconds
    for (at, share), until in zip(worker.shares, ends, strict=True):
        began, ended = max(at, segment.began), min(until, segment.ended)
        if ended <= began:
            continue
        sampled += ended - began
        rounded = round(min(max(share, 0), 1) * 10) / 10
        if shares and shares[-1][2] == rounded:
            shares[-1] = (shares[-1][0], ended, rounded)
        else:
            shares.append((began, ended, rounded))
    return shares if sampled >= MIN_SAMPLES * worker.sample else []
