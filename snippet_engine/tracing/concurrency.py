"""Measurement of how many workers run, or wait for the same reason, concurrently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from snippet_engine.run import Run, Worker, WorkerKind, WorkerState
from snippet_engine.tracing.tracks import Segment, Track, build_tracks
from snippet_engine.tracing.worker_names import LIBRARY_NAMES

# Concurrency that lasts for a smaller fraction of the run is not typical of the run.
MIN_FRACTION = 0.05

# The functions in which the workers of `concurrent.futures` take calls from a queue.
POOL_FUNCTIONS = {"_worker", "_process_worker"}
HELPER_FUNCTIONS = LIBRARY_NAMES.keys() - POOL_FUNCTIONS


@dataclass(slots=True)
class Group:
    """The workers of one kind that run, or that wait for the same reason.

    `concurrency` is how many of them are in that state concurrently for long enough,
    `periods` when they are, as pairs (from, to) in seconds.
    """

    kind: WorkerKind
    state: WorkerState
    reason: str
    workers: dict[str, Worker] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    concurrency: int = 0
    periods: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Return the total length of the periods."""
        return sum(ended - began for began, ended in self.periods)

    @property
    def is_serialized(self) -> bool:
        """Return True if they are tasks or generators that run one at a time."""
        inside = self.kind not in ("process", "thread")
        return inside and self.state == "running" and self.concurrency == 1


def measure_concurrency(run: Run) -> int:
    """Return the peak number of workers that run or wait alike concurrently.

    Waiting workers are counted by reason. Peaks that last in total for less than
    MIN_FRACTION of the run are ignored. The least number is 1.
    """
    return max((group.concurrency for group in find_concurrent_groups(run)), default=1)


def find_concurrent_groups(run: Run) -> list[Group]:
    """Return the groups of two or more workers with their concurrency.

    Left out are groups whose concurrency is too brief, and tasks or generators that run one
    at a time, as those of a single thread must.
    """
    groups = _group_segments(select_working_tracks(build_tracks(run)))
    groups = [group for group in groups if len(group.workers) > 1]
    for group in groups:
        group.concurrency, group.periods = _find_peak(group.segments, MIN_FRACTION * run.seconds)
    return [group for group in groups if group.concurrency and not group.is_serialized]


def select_working_tracks(tracks: Iterable[Track]) -> list[Track]:
    """Return the tracks of workers that do the program's work.

    Left out are root workers, which start the others and wait for them, the standard
    library's internal threads, and the idle time of a pool's workers.
    """
    return [
        _without_idle_time(track) if track.worker.function in POOL_FUNCTIONS else track
        for track in tracks
        if track.depth and track.worker.function not in HELPER_FUNCTIONS
    ]


def _without_idle_time(track: Track) -> Track:
    return replace(track, segments=tuple(s for s in track.segments if s.reason != "queue"))


def _group_segments(tracks: Iterable[Track]) -> list[Group]:
    groups: dict[tuple[WorkerKind, WorkerState, str], Group] = {}
    for track in tracks:
        for segment in track.segments:
            if segment.state != "suspended":
                key = track.worker.kind, segment.state, segment.reason
                group = groups.setdefault(key, Group(*key))
                group.workers[track.worker.id] = track.worker
                group.segments.append(segment)
    return list(groups.values())


def _find_peak(
    segments: Iterable[Segment], min_seconds: float
) -> tuple[int, list[tuple[float, float]]]:
    """Return the highest concurrency that lasts long enough, and when it occurs.

    It must last `min_seconds` in total. The result is (0, []) if no concurrency lasts that
    long, or if only 1 does although segments overlap briefly.
    """
    changes = sorted(change for s in segments for change in ((s.began, 1), (s.ended, -1)))
    periods: dict[int, list[tuple[float, float]]] = {}  # by level of concurrency
    active, last = 0, 0.0
    for at, change in changes:
        if at > last:
            for level in range(1, active + 1):
                of_level = periods.setdefault(level, [])
                if of_level and of_level[-1][1] == last:
                    of_level[-1] = (of_level[-1][0], at)
                else:
                    of_level.append((last, at))
        active, last = active + change, at
    for level in range(max(periods, default=0), 0, -1):
        if sum(ended - began for began, ended in periods[level]) >= min_seconds:
            return (0, []) if level == 1 < len(periods) else (level, periods[level])
    return 0, []
