"""Tracks: the gapless sequence of states of each worker of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from snippet_engine.run import Run, Span, State, Worker

LOOKS = 3  # fewest CPU samples in a stretch; with fewer, the sampling phase dominates


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period of a worker's time in one state, in seconds.

    `going_on` is True if the worker was still in that state when the run was stopped.
    """

    state: State
    began: float
    ended: float
    reason: str = ""
    going_on: bool = False

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass(frozen=True, slots=True)
class Track:
    """One worker of a run with its stretches, `depth` levels below the root worker."""

    worker: Worker
    depth: int
    stretches: tuple[Stretch, ...]


def tracks_of(run: Run) -> list[Track]:
    """Return a track for each worker of `run`, children under their parents."""
    until = max(run.seconds, 1e-6)
    spans = spans_by_worker(run.spans)
    return [
        Track(worker, depth, tuple(stretches_of(worker, spans, until)))
        for worker, depth in nested_workers(run.workers)
    ]


def nested_workers(workers: Sequence[Worker]) -> Iterator[tuple[Worker, int]]:
    """Yield each worker with its depth in the tree: depth first, siblings as given."""
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


def spans_by_worker(spans: Iterable[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.began):
        found.setdefault(span.worker, []).append(span)
    return found


def stretches_of(worker: Worker, spans: dict[str, list[Span]], until: float) -> Iterator[Stretch]:
    """Yield the stretches from a worker's start to its end, without gaps.

    Time outside all spans is "running" for a process or thread, and "suspended" for a task,
    coroutine or generator. `until` is the end of the run in seconds.
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


def shares(worker: Worker, stretch: Stretch) -> list[tuple[float, float, float]]:
    """Return the CPU use during `stretch` as (from, to, share of a core).

    Shares are rounded to tenths, and equal neighbours merged. The list is empty if the
    stretch has fewer than LOOKS samples.
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
