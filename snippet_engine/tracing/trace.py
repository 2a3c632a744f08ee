"""Conversion of the probe's events into workers, spans, links and line writers.

A wait during a turn of a fiber (a generator, coroutine or task) belongs to the fiber; the
thread that drives it counts as running. Waits shorter than 1 ms count as running too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from snippet_engine.run import Link, Span, Worker, WorkerState
from snippet_engine.tracing.event_reader import (
    SHORTEST_WAIT,
    Reader,
    TracedWorker,
    WaitInterval,
    read_events,
)
from snippet_engine.tracing.line_attribution import find_writers
from snippet_engine.tracing.worker_names import unique_names

# With these tasks `asyncio.run` cleans up.
_CLEANUP_TASKS = ("shutdown_asyncgens", "shutdown_default_executor")
# Pairs (time, share of a core) by process id and native thread id.
CpuShares = Mapping[tuple[int, int], Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Trace:
    """The part of a run that the probe reports from inside the program.

    `start` is the monotonic time of the program's first line, None if the root process is
    not Python or did not get that far. All other times are seconds since then, or since the
    process was started if `start` is None. `writers` has the id of a worker for each
    captured line. `start_method` is multiprocessing's, None if it started no process.
    """

    start: float | None
    workers: tuple[Worker, ...]
    spans: tuple[Span, ...]
    links: tuple[Link, ...]
    writers: tuple[str | None, ...]
    start_method: str | None


def read_trace(
    events: str,
    captured: Sequence[tuple[float, str, str]],
    *,
    origin: float,
    ended: float,
    stopped: bool,
    root_pid: int,
    root: str,
    shares: CpuShares | None = None,
    sample: float = 0.1,
) -> Trace:
    """Return the trace in a run's file of events, which may be missing.

    The run lasted from `origin` to `ended`; `stopped` is True if the program did not end by
    itself. `captured` holds the time, stream and text of each line, `root` is the name for
    the root process. `shares` is CPU use over time, sampled every `sample` seconds, by
    process id and native thread id. All times are monotonic.
    """
    reader = read_events(events, root_pid, origin)
    zero = origin if reader.program_start is None else reader.program_start
    reader.root.began = zero
    traced = [
        worker
        for worker in reader.workers
        if worker.visible_worker() is worker and not _is_helper(worker)
    ]
    traced[1:] = sorted(traced[1:], key=lambda worker: worker.began)
    lifetimes = _Lifetimes(reader, ended, stopped)
    ids = {worker: f"w{number}" for number, worker in enumerate(traced)}
    names = unique_names(traced, root)

    def seconds(at: float) -> float:
        return round(max(at - zero, 0.0), 6)

    def optional_seconds(at: float | None) -> float | None:
        return None if at is None else seconds(at)

    workers, spans = [], []
    for worker, name in zip(traced, names, strict=True):
        parent = ids.get(worker.parent.visible_worker(), "w0") if worker.parent else None
        cpu_shares = tuple(
            (seconds(at), share)
            for at, share in _shares_from(zero, worker, shares or {})
            if worker.ended is None or at <= worker.ended
        )
        workers.append(
            Worker(
                id=ids[worker],
                kind=worker.kind,
                name=name,
                parent=parent,
                began=seconds(worker.began),
                ended=optional_seconds(lifetimes.end_of(worker)),
                process=worker.pid,
                function=worker.function,
                line=worker.line,
                shares=cpu_shares,
                sample=sample,
            )
        )
        is_shell = worker is reader.root and not reader.is_root_traced
        waits = (
            _child_waits(worker, traced, lifetimes) if is_shell else _own_waits(worker, lifetimes)
        )
        for interval in _fill_gaps(waits, worker.began, lifetimes.end_of(worker)):
            spans.append(
                Span(
                    worker=ids[worker],
                    state=interval.state,
                    began=seconds(interval.began),
                    ended=optional_seconds(interval.ended),
                    reason=interval.reason,
                    line=interval.line,
                )
            )
    links = [
        Link(ids[source], ids[target], seconds(at), reason)
        for source, target, at, reason in _find_wakes(reader, traced)
        if source in ids and source is not target
    ]
    writers = (
        reader.root if writer is None else writer.visible_worker()
        for writer in find_writers(reader.writes, captured)
    )
    return Trace(
        start=reader.program_start,
        workers=tuple(workers),
        spans=tuple(spans),
        links=tuple(sorted(links, key=lambda link: (link.at, link.source, link.target))),
        writers=tuple(ids.get(writer, "w0") for writer in writers),
        start_method=reader.start_method,
    )


def _is_helper(worker: TracedWorker) -> bool:
    """Return True for internal workers of the standard library."""
    is_cleanup = worker.kind == "task" and worker.function in _CLEANUP_TASKS
    return is_cleanup or worker.role == "resource_tracker"


class _Lifetimes:
    """The end of each worker, also of those that did not report it."""

    def __init__(self, reader: Reader, ended: float, stopped: bool) -> None:
        self.root = reader.root
        self.run_end = ended
        self.default_end = None if stopped else ended
        self.processes: dict[int, TracedWorker] = {}
        for worker in reader.workers:
            if worker.kind == "process":
                self.processes[worker.pid] = worker
        self.joined = {
            wait.awaited[1]: wait.ended
            for worker in reader.workers
            for wait in worker.waits
            if isinstance(wait.awaited, tuple) and wait.awaited[0] == "process"
        }

    def end_of(self, worker: TracedWorker) -> float | None:
        """Return the monotonic time at which `worker` ended; None if it outlived the run.

        Without an event for it, a process ends when another has joined it, else with the
        run; a thread or fiber ends with its process.
        """
        if worker is self.root:
            return self.default_end
        if worker.ended is not None:
            return min(worker.ended, self.run_end)
        process = self.processes.get(worker.pid, self.root)
        if worker is not process:
            return self.end_of(process)
        return self.joined.get(worker.pid) or self.default_end


@dataclass(frozen=True, slots=True)
class _Interval:
    """Monotonic time in one state; `ended` is None if it lasts as long as the worker."""

    state: WorkerState
    began: float
    ended: float | None
    reason: str = ""
    line: int | None = None


def _fill_gaps(waits: Iterable[_Interval], began: float, ended: float | None) -> list[_Interval]:
    """Return a worker's intervals from `began` to `ended`; it runs between its waits."""
    intervals: list[_Interval] = []
    at = began
    for wait in sorted(waits, key=lambda wait: wait.began):
        wait_end = wait.ended if wait.ended is not None else ended
        wait_start = max(wait.began, at)
        if wait_end is not None and wait_end <= wait_start:
            continue
        if ended is not None and wait_end is not None:
            wait_end = min(wait_end, ended)
        if wait_start > at:
            intervals.append(_Interval("running", at, wait_start))
        intervals.append(replace(wait, began=wait_start, ended=wait_end))
        if wait_end is None:
            return intervals
        at = wait_end
    if ended is None or ended > at:
        intervals.append(_Interval("running", at, ended))
    return intervals


def _own_waits(worker: TracedWorker, lifetimes: _Lifetimes) -> Iterator[_Interval]:
    """Yield the intervals in which a worker waits, or in which a fiber is suspended."""
    for wait in worker.waits:
        yield _Interval("waiting", wait.began, wait.ended, wait.reason, wait.line)
    if worker.is_fiber:
        yield from _between_turns(worker, lifetimes.end_of(worker))


def _between_turns(worker: TracedWorker, end: float | None) -> Iterator[_Interval]:
    """Yield the intervals between a fiber's turns: it waits, or it is suspended."""
    before, reason, line = worker.began, "", None
    for turn in worker.turns:
        if turn.began > before:
            is_wait = reason and turn.began - before >= SHORTEST_WAIT
            state: WorkerState = "waiting" if is_wait else "suspended"
            yield _Interval(state, before, turn.began, reason if is_wait else "", line)
        if turn.ended is None:
            return
        before, reason, line = turn.ended, turn.next_reason, turn.line
    if end is None or end > before:  # a last turn without an event is not reported
        yield _Interval("waiting" if reason else "suspended", before, end, reason, line)


def _child_waits(
    shell: TracedWorker, workers: Sequence[TracedWorker], lifetimes: _Lifetimes
) -> Iterator[_Interval]:
    """Yield a wait of `shell`, which has no probe, for the lifetime of each of its children."""
    for child in workers:
        if child.parent is shell:
            yield _Interval("waiting", child.began, lifetimes.end_of(child), "child process")


def _shares_from(
    zero: float, worker: TracedWorker, shares: CpuShares
) -> Sequence[tuple[float, float]]:
    """Return the CPU use of a process or thread from time `zero` on, as (time, share).

    The first share is extended back to the worker's start, because the kernel reports that
    to 0.01 s only. A share that was valid at `zero` is moved there.
    """
    samples = [] if worker.is_fiber else [*shares.get((worker.pid, worker.tid), ())]
    if samples:
        samples[0] = (min(samples[0][0], worker.began), samples[0][1])
    before = [(zero, share) for at, share in samples if at < zero]
    return [*before[-1:], *((at, share) for at, share in samples if at >= zero)]


def _find_wakes(
    reader: Reader, workers: Sequence[TracedWorker]
) -> Iterator[tuple[TracedWorker, TracedWorker, float, str]]:
    """Yield the source, target, time and reason of each known wake."""
    for worker in workers:
        for wait in worker.waits:
            if wait.ended is not None and wait.awaited is not None:
                source = _find_waker(reader, worker, wait, wait.ended)
                if source is not None:
                    yield source.visible_worker(), worker, wait.ended, wait.reason
        for turn, next_turn in pairwise(worker.turns):
            if turn.next_reason and turn.awaited_fiber:
                awaited = reader.fibers.get((worker.pid, turn.awaited_fiber))
                if awaited is not None and awaited.ended is not None:
                    yield awaited.visible_worker(), worker, next_turn.began, turn.next_reason


def _find_waker(
    reader: Reader, worker: TracedWorker, wait: WaitInterval, ended: float
) -> TracedWorker | None:
    """Return the worker whose release, or whose end, ended the wait; None if unknown."""
    if isinstance(wait.awaited, int):
        releases = reader.releases.get((worker.pid, wait.awaited), [])
        in_time = [releaser for at, releaser in releases if wait.began <= at <= ended]
        return in_time[-1] if in_time else None
    assert wait.awaited is not None
    kind, number = wait.awaited
    process = worker.pid if kind == "thread" else number
    awaited = reader.threads.get((process, number))
    if awaited is None or awaited.ended is None or awaited.ended > ended:
        return None
    return awaited
