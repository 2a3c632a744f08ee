"""How many workers do the same at the same time, measured on exact stretches of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from snippet_engine.run import Kind, Run, State, Worker
from snippet_engine.tracing.tracks import Stretch, Track, tracks_of
from snippet_engine.tracing.worker_names import LIBRARY

# What lasts for less than this part of a run is not what the run shows.
WORTH_TELLING = 0.05

# What the workers of `concurrent.futures` do: take the program's calls from a queue.
POOLS = {"_worker", "_process_worker"}
HELPERS = LIBRARY.keys() - POOLS


@dataclass(slots=True)
class Group:
    """Workers of one kind that do one thing: run, or wait for one reason."""

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
        """Whether they run in turn because they cannot do otherwise."""
        inside = self.kind not in ("process", "thread")
        return inside and self.state == "running" and self.at_once == 1


def overlap(run: Run) -> int:
    """The greatest number of workers that run, or wait for one reason, at once."""
    return max((group.at_once for group in concurrent_groups(run)), default=1)


def concurrent_groups(run: Run) -> list[Group]:
    """The groups of more than one worker, with how many of them are together and when."""
    groups = [group for group in _groups(working_tracks(tracks_of(run))) if len(group.workers) > 1]
    for group in groups:
        group.at_once, group.windows = _together(group.stretches, WORTH_TELLING * run.seconds)
    return [group for group in groups if group.at_once and not group.shares_a_thread]


def working_tracks(tracks: Iterable[Track]) -> list[Track]:
    """The tracks but the first, whose worker starts the others and waits for them.

    And but for what the library does for itself: its own threads, and a pool's
    workers while they have no work.
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
    """The greatest number that last for `enough` seconds in all, and when they do.

    0 where that is no more than one, and yet two meet for a moment.
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
