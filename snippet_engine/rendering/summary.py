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

# Greatest number of workers that a caption describes one by one.
FEW = 3
_DOES = {"running": "runs", "suspended": "is suspended"}


def describe_state(stretch: Segment) -> str:
    """Return a verb for the state of a span, such as `runs` or `waits in sleep`."""
    return _DOES.get(stretch.state) or f"waits {describe_wait(stretch.reason)}"


def describe_lane(lane: Lane, until: float) -> str:
    """Return a description of a lane in words, for screen readers."""
    worker = lane.worker
    ended = "the stop" if worker.ended is None else format_duration(worker.ended, until)
    spent = _spent(lane.stretches)
    told = ", ".join(f"{what} for {format_duration(time, until)}" for what, time in spent.items())
    return (
        f"{worker.name}, {worker.kind}, {format_duration(worker.began, until)} to {ended}: {told}."
    )


def _spent(stretches: Iterable[Segment]) -> dict[str, float]:
    """Return the seconds spent in each state and reason, by their description."""
    spent: dict[str, float] = {}
    for stretch in stretches:
        spent[describe_state(stretch)] = spent.get(describe_state(stretch), 0) + stretch.seconds
    return spent


def summarise_run(run: Run) -> str:
    """Return the caption of `run`: one sentence on what its workers do.

    It describes workers that do the same concurrently or in turn, if there are any. The run
    must have at least one worker.
    """
    groups = find_concurrent_groups(run)
    if not groups:
        return _plain(run, build_tracks(run))
    best = max(groups, key=lambda group: (group.concurrency > 1, group.concurrency * group.seconds))
    doing = f"wait {describe_wait(best.reason)}" if best.state == "waiting" else "run"
    if best.concurrency == 1:
        return f"{pluralise(len(best.workers), best.kind)} {doing} in turn, never two at once."
    many = pluralise(best.concurrency, best.kind)
    most = "Up to " if best.concurrency < len(best.workers) else ""
    return f"{most}{many} {doing} at once{_where(best, run)}, {_when(best, run.seconds)}."


def _where(group: Group, run: Run) -> str:
    """Return where the group runs: in one thread, or on what mean share of a core.

    It is "" if that is not known, or if the group is of processes or threads that wait.
    """
    if group.kind not in ("process", "thread"):
        alone = all(w.kind != "thread" for w in run.workers)
        return " in one thread" if alone and len({w.process for w in run.workers}) == 1 else ""
    if group.state == "waiting":
        return ""
    used = [
        ((ended - began), share)
        for worker in group.workers.values()
        for stretch in group.segments
        for began, ended, share in find_cpu_shares(worker, stretch)
    ]
    if not used:
        return ""
    mean = sum(time * share for time, share in used) / sum(time for time, _ in used)
    if mean < 0.05:  # probably waiting for something that the probe does not trace
        return ""
    if mean > 0.9:
        return ", each with a core of its own"
    return f", each with {'half' if 0.42 < mean < 0.58 else f'{mean:.0%} of'} a core"


def _when(group: Group, total: float) -> str:
    began, ended = group.periods[0][0], group.periods[-1][1]
    if ended - began - group.seconds < 0.02 * total:
        return f"{format_duration(began, total)} to {format_duration(ended, total)}"
    return f"{format_duration(group.seconds, total)} in all"


def _plain(run: Run, tracks: Iterable[Track]) -> str:
    """Return the caption of a run whose workers do nothing concurrently or in turn."""
    if len(run.workers) > 1:
        doings = _doings(run, tracks)
        start = f"{format_worker_kinds(run.workers)} in {format_duration(run.seconds)}"
        return f"{start}: {doings}." if doings else f"{start}."
    spent = _spent(stretch for lane in tracks for stretch in lane.segments)
    told = sorted(spent, key=lambda what: -spent[what])[:2]
    parts = [f"{what} for {format_duration(spent[what], run.seconds)}" for what in told]
    return f"One {run.workers[0].kind} {' and '.join(parts)}."


def _doings(run: Run, tracks: Iterable[Track]) -> str:
    """Return what each worker does most, or "" if there are more than FEW.

    If none of them does anything long enough, return what the first worker waits for.
    """
    first, *_ = tracks = list(tracks)
    doings = {
        lane.worker.name: _longest(run, lane.segments) for lane in select_working_tracks(tracks)
    }
    told = [f"{name} {doing}" for name, doing in doings.items() if doing]
    if not told and (doing := _longest(run, (s for s in first.segments if s.reason))):
        return f"{first.worker.name} {doing}"
    return join_words(told) if len(doings) <= FEW else ""


def _longest(run: Run, stretches: Iterable[Segment]) -> str:
    """Return the longest activity and its time, as `waits in sleep for 0.30 s`.

    It is "" if that is less than the part MIN_FRACTION of the run.
    """
    spent = _spent(stretch for stretch in stretches if stretch.state != "suspended")
    what = max(spent, key=lambda doing: spent[doing], default="")
    told = what and spent[what] >= MIN_FRACTION * run.seconds
    return f"{what} for {format_duration(spent[what], run.seconds)}" if told else ""
