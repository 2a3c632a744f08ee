"""Captions and other descriptions of a run in words."""

from __future__ import annotations

from collections.abc import Iterable

from snippet_engine.humanize import (
    describe_wait,
    format_duration,
    format_worker_kinds,
    join_words,
    pluralise,
)
from snippet_engine.rendering.layout import Lane
from snippet_engine.run import Run
from snippet_engine.tracing.concurrency import (
    MIN_FRACTION,
    Group,
    find_concurrent_groups,
    select_working_tracks,
)
from snippet_engine.tracing.tracks import Segment, Track, build_tracks, find_cpu_shares

MAX_DESCRIBED_WORKERS = 3
_VERBS = {"running": "runs", "suspended": "is suspended"}


def describe_state(segment: Segment) -> str:
    """Return a verb for the state of a segment, such as `runs` or `waits in sleep`."""
    return _VERBS.get(segment.state) or f"waits {describe_wait(segment.reason)}"


def describe_lane(lane: Lane, until: float) -> str:
    """Return a description of a lane in words, for screen readers."""
    worker = lane.worker
    began = format_duration(worker.began, until)
    ended = "the stop" if worker.ended is None else format_duration(worker.ended, until)
    seconds = _sum_by_state(lane.segments)
    states = ", ".join(
        f"{state} for {format_duration(time, until)}" for state, time in seconds.items()
    )
    return f"{worker.name}, {worker.kind}, {began} to {ended}: {states}."


def summarise_run(run: Run) -> str:
    """Return the caption of `run`: one sentence on what its workers do.

    It describes workers that do the same concurrently or in turn, if there are any. The run
    must have at least one worker.
    """
    groups = find_concurrent_groups(run)
    if not groups:
        return _summarise_workers(run) if len(run.workers) > 1 else _summarise_one_worker(run)
    best = max(groups, key=lambda group: (group.concurrency > 1, group.concurrency * group.seconds))
    verb = f"wait {describe_wait(best.reason)}" if best.state == "waiting" else "run"
    if best.concurrency == 1:
        return (
            f"{pluralise(len(best.workers), best.kind)} {verb} in turn, never two at the same time."
        )
    limit = "Up to " if best.concurrency < len(best.workers) else ""
    workers = pluralise(best.concurrency, best.kind)
    period = _describe_period(best, run.seconds)
    return f"{limit}{workers} {verb} concurrently{_describe_place(best, run)}, {period}."


def _describe_place(group: Group, run: Run) -> str:
    """Return where the group runs: in one thread, or on what mean share of a core.

    It is "" if that is not known, or if the group is of processes or threads that wait.
    """
    if group.kind not in ("process", "thread"):
        has_threads = any(worker.kind == "thread" for worker in run.workers)
        processes = {worker.process for worker in run.workers}
        return " in one thread" if not has_threads and len(processes) == 1 else ""
    if group.state == "waiting":
        return ""
    samples = [
        (ended - began, share)
        for worker in group.workers.values()
        for segment in group.segments
        for began, ended, share in find_cpu_shares(worker, segment)
    ]
    if not samples:
        return ""
    mean = sum(time * share for time, share in samples) / sum(time for time, _ in samples)
    if mean < 0.05:  # probably waiting for something that the probe does not trace
        return ""
    if mean > 0.9:
        return ", each with a core of its own"
    return f", each with {'half' if 0.42 < mean < 0.58 else f'{mean:.0%} of'} a core"


def _describe_period(group: Group, total: float) -> str:
    """Return from when to when the group is concurrent, or for how long if intermittently."""
    began, ended = group.periods[0][0], group.periods[-1][1]
    if ended - began - group.seconds < 0.02 * total:
        return f"{format_duration(began, total)} to {format_duration(ended, total)}"
    return f"{format_duration(group.seconds, total)} in all"


def _summarise_one_worker(run: Run) -> str:
    """Return the caption of a run with one worker: the two states it is longest in."""
    [track] = build_tracks(run)
    seconds = _sum_by_state(track.segments)
    longest = sorted(seconds, key=lambda state: -seconds[state])[:2]
    parts = [f"{state} for {format_duration(seconds[state], run.seconds)}" for state in longest]
    return f"One {track.worker.kind} {' and '.join(parts)}."


def _summarise_workers(run: Run) -> str:
    """Return the caption of a run whose workers do nothing concurrently or in turn."""
    activities = _describe_activities(run, build_tracks(run))
    end = f": {activities}" if activities else ""
    return f"{format_worker_kinds(run.workers)} in {format_duration(run.seconds)}{end}."


def _describe_activities(run: Run, tracks: list[Track]) -> str:
    """Return what each worker does most, or "" if there are too many to describe.

    If none of them does anything long enough, return what the first worker waits for.
    """
    activities = {
        track.worker.name: _find_longest_activity(run, track.segments)
        for track in select_working_tracks(tracks)
    }
    described = [f"{name} {activity}" for name, activity in activities.items() if activity]
    if not described:
        first = tracks[0]
        waits_of_first = (segment for segment in first.segments if segment.reason)
        if activity := _find_longest_activity(run, waits_of_first):
            return f"{first.worker.name} {activity}"
    return join_words(described) if len(activities) <= MAX_DESCRIBED_WORKERS else ""


def _find_longest_activity(run: Run, segments: Iterable[Segment]) -> str:
    """Return the longest activity and its time, as `waits in sleep for 0.30 s`.

    It is "" if that is less than the part MIN_FRACTION of the run.
    """
    seconds = _sum_by_state(segment for segment in segments if segment.state != "suspended")
    longest = max(seconds, key=lambda state: seconds[state], default="")
    if not longest or seconds[longest] < MIN_FRACTION * run.seconds:
        return ""
    return f"{longest} for {format_duration(seconds[longest], run.seconds)}"


def _sum_by_state(segments: Iterable[Segment]) -> dict[str, float]:
    """Return the seconds spent in each state and reason, by their description."""
    seconds: dict[str, float] = {}
    for segment in segments:
        state = describe_state(segment)
        seconds[state] = seconds.get(state, 0) + segment.seconds
    return seconds
