"""Measurement of how many workers run, or wait for the same reason, concurrently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from snippet_engine.run import Kind, Run, State, Worker
from snippet_engine.tracing.tracks import Stretch, Track, tracks_of
from snippet_engine.tracing.worker_names import LIBRARY_NAMES

# Concurrency that lasts for a smaller fraction of the run is not typical of the run.
WORTH_TELLING = 0.05

# The functions in which the workers of `concurrent.futures` take calls from a queue.
POOLS = {"_worker", "_process_worker"}
HELPERS = LIBRARY_NAMES.keys() - POOLS


@dataclass(slots=True)
class Group:
    """The workers of one kind that run, or that wait for the same reason.

    `at_once` is how many of them are in that state concurrently for long enough, `windows`
    when they are, as pairs (from, to) in seconds.
    """

    kind: Kind
    state: State
    reason: str
    workers: dict[str, Worker] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    at_once: int = 0
    windows: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(ended - began for began, ended in self.windows)

    @property
    def shares_a_thread(self) -> bool:
        """Return True if they are tasks or generators that run one at a time."""
        inside = self.kind not in ("process", "thread")
        return inside and self.state == "running" and self.at_once == 1


def overlap(run: Run) -> int:
    """Return the peak number of workers that run or wait alike concurrently.

    Waiting workers are counted by reason. Peaks that last in total for less than
    WORTH_TELLING of the run are ignored. The least number is 1.
    """
    return max((group.at_once for group in concurrent_groups(run)), default=1)


def concurrent_groups(run: Run) -> list[Group]:
    """Return the groups of two or more workers with their concurrency.

    Left out are groups whose concurrency is too brief, and tasks or generators that run one
    at a time, as those of a single thread must.
    """
    groups = [group for group in _groups(working_tracks(tracks_of(run))) if len(group.workers) > 1]
    for group in groups:
        group.at_once, group.windows = _together(group.stretches, WORTH_TELLING * run.seconds)
    return [group for group in groups if group.at_once and not group.shares_a_thread]


def working_tracks(tracks: Iterable[Track]) -> list[Track]:
    """Return the tracks of workers that do the program's work.

    Left out are root workers, which start the others and wait for them, the standard
    library's internal threads, and the idle time of a pool's workers.
    """
    own = (track for track in tracks if track.depth and track.worker.function not in HELPERS)
    return [_at_work(track) if track.worker.function in POOLS else track for track in own]


def _at_work(track: Track) -> Track:
    return replace(track, stretches=tuple(s for s in track.stretches if s.reason != "queue"))


def _groups(tracks: Iterable[Track]) -> list[Group]:
    found: dict[tuple[Kind, State, str], Group] = {}
    for track in tracks:
        for stretch in track.stretches:
            if stretch.state != "suspended":
                key = track.worker.kind, stretch.state, stretch.reason
                group = found.setdefault(key, Group(*key))
                group.workers[track.worker.id] = track.worker
                group.stretches.append(stretch)
    return list(found.values())


def _together(stretches: Iterable[Stretch], enough: float) -> tuple[int, list[tuple[float, float]]]:
    """Return the highest concurrency that lasts long enough, and when it occurs.

    `enough` is the least total in seconds. The result is (0, []) if no concurrency lasts that
    long, or if only 1 does although stretches overlap briefly.
    """
    changes = sorted(change for s in stretches for change in ((s.began, 1), (s.ended, -1)))
    levels: dict[int, list[tuple[float, float]]] = {}
    number, last = 0, 0.0
    for at, change in changes:
        if at > last:
            for level in range(1, number + 1):
                windows = levels.setdefault(level, [])
                if windows and windows[-1][1] == last:
                    windows[-1] = (windows[-1][0], at)
                else:
                    windows.append((last, at))
        number, last = number + change, at
    for level in range(max(levels, default=0), 0, -1):
        if sum(ended - began for began, ended in levels[level]) >= enough:
            return (0, []) if level == 1 < len(levels) else (level, levels[level])
    return 0, []
