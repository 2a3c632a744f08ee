"""Conversion of the probe's events into workers, spans, links and line writers.

A wait during a turn of a generator, coroutine or task belongs to that worker; the thread
that drives it counts as running. Waits shorter than 1 ms count as running too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from snippet_engine.run import Link, Span, State, Worker
from snippet_engine.tracing.event_reader import SHORTEST, Reader, Wait, Work, read_events
from snippet_engine.tracing.line_attribution import find_writers
from snippet_engine.tracing.worker_names import unique_names

_TIDYING = ("shutdown_asyncgens", "shutdown_default_executor")
Shares = Mapping[tuple[int, int], Sequence[tuple[float, float]]]


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
    shares: Shares | None = None,
    sample: float = 0.1,
) -> Trace:
    """Return the trace in a run's file of events, which may be missing.

    The run lasted from `origin` to `ended`; `stopped` is True if the program did not end by
    itself. `captured` holds the time, stream and text of each line, `root` is the name for
    the root process. `shares` is CPU use over time, sampled every `sample` seconds, by
    process id and native thread id. All times are monotonic.
    """
    reader = read_events(events, root_pid, origin)
    zero = origin if reader.start is None else reader.start
    reader.root.began = zero
    works = [work for work in reader.works if work.shown() is work and not _is_helper(work)]
    works[1:] = sorted(works[1:], key=lambda work: work.began)
    lives = _Lives(reader, ended, stopped)
    ids = {work: f"w{number}" for number, work in enumerate(works)}
    names = unique_names(works, root)

    def since(at: float) -> float:
        return round(max(at - zero, 0.0), 6)

    def until(at: float | None) -> float | None:
        return None if at is None else since(at)

    workers, spans = [], []
    for work, name in zip(works, names, strict=True):
        parent = None if work.parent is None else ids.get(work.parent.shown(), "w0")
        workers.append(
            Worker(
                id=ids[work],
                kind=work.kind,
                name=name,
                parent=parent,
                began=since(work.began),
                ended=until(lives.end(work)),
                process=work.process,
                function=work.function,
                line=work.line,
                shares=tuple(
                    (since(at), share)
                    for at, share in _shares(work, shares or {}, zero)
                    if work.ended is None or at <= work.ended
                ),
                sample=sample,
            )
        )
        for span in _spans(work, works, lives, bare=work is reader.root and not reader.told):
            spans.append(
                Span(
                    ids[work],
                    span.state,
                    since(span.began),
                    until(span.ended),
                    span.reason,
                    span.line,
                )
            )
    links = [
        Link(ids[source], ids[target], since(at), reason)
        for source, target, at, reason in _links(reader, works)
        if source in ids and source is not target
    ]
    writers = (
        reader.root if writer is None else writer.shown()
        for writer in find_writers(reader.pieces, captured)
    )
    return Trace(
        start=reader.start,
        workers=tuple(workers),
        spans=tuple(spans),
        links=tuple(sorted(links, key=lambda link: (link.at, link.source, link.target))),
        writers=tuple(ids.get(writer, "w0") for writer in writers),
        start_method=reader.start_method,
    )


def _is_helper(work: Work) -> bool:
    """Return True for internal workers of the standard library.

    These are multiprocessing's resource tracker, and the tasks with which `asyncio.run`
    cleans up.
    """
    tidies = work.kind == "task" and work.function in _TIDYING
    return tidies or work.role == "resource_tracker"


class _Lives:
    """The end of each worker, also of those that did not report it."""

    def __init__(self, reader: Reader, ended: float, stopped: bool) -> None:
        self.over = None if stopped else ended
        self.ended = ended
        self.root = reader.root
        self.processes: dict[int, Work] = {}
        for work in reader.works:
            if work.kind == "process":
                self.processes[work.process] = work
        self.joined = {
            wait.on[1]: wait.ended
            for work in reader.works
            for wait in work.waits
            if isinstance(wait.on, tuple) and wait.on[0] == "process"
        }

    def end(self, work: Work) -> float | None:
        """Return the monotonic time at which `work` ended; None if it outlived the run.

        Without an event for it, a process ends when another has joined it, else with the
        run; a thread or lane ends with its process.
        """
        if work is self.root:
            return self.over
        if work.ended is not None:
            return min(work.ended, self.ended)
        process = self.processes.get(work.process, self.root)
        if work is not process:
            return self.end(process)
        return self.joined.get(work.process) or self.over


@dataclass(frozen=True, slots=True)
class _Stretch:
    state: State
    began: float
    ended: float | None
    reason: str = ""
    line: int | None = None


def _spans(work: Work, works: Sequence[Work], lives: _Lives, *, bare: bool) -> list[_Stretch]:
    """Return the stretches of a worker's time, one for each state, without gaps.

    `bare` means that the worker has no probe: it waits while a child is alive.
    """
    end = lives.end(work)
    waits = [_Stretch("waiting", w.began, w.ended, w.reason, w.line) for w in work.waits]
    if bare:
        waits = list(_waits_for_children(work, works, lives))
    elif work.is_lane:
        waits += _between_turns(work, end)
    stretches: list[_Stretch] = []
    at = work.began
    for wait in sorted(waits, key=lambda wait: wait.began):
        until = wait.ended if wait.ended is not None else end
        began = max(wait.began, at)
        if until is not None and until <= began:
            continue
        if end is not None and until is not None:
            until = min(until, end)
        if began > at:
            stretches.append(_Stretch("running", at, began))
        stretches.append(_Stretch(wait.state, began, until, wait.reason, wait.line))
        if until is None:
            return stretches
        at = until
    if end is None or end > at:
        stretches.append(_Stretch("running", at, end))
    return stretches


def _between_turns(work: Work, end: float | None) -> Iterator[_Stretch]:
    """Yield the stretches between a lane's turns: it waits, or it is suspended."""
    before, reason, line = work.began, "", None
    for turn in work.turns:
        if turn.began > before:
            waited = reason and turn.began - before >= SHORTEST
            state: State = "waiting" if waited else "suspended"
            yield _Stretch(state, before, turn.began, reason if waited else "", line)
        if turn.ended is None:
            return
        before, reason, line = turn.ended, turn.reason, turn.line
    if work.ended is None and (end is None or end > before):
        yield _Stretch("waiting" if reason else "suspended", before, end, reason, line)


def _waits_for_children(work: Work, works: Sequence[Work], lives: _Lives) -> Iterator[_Stretch]:
    """Yield a wait for the lifetime of each child of `work`, which is a shell."""
    for child in works:
        if child.parent is work:
            yield _Stretch("waiting", child.began, lives.end(child), "child process")


def _shares(work: Work, shares: Shares, zero: float) -> Sequence[tuple[float, float]]:
    """Return the CPU use of a process or thread from time `zero` on, as (time, share).

    The first share is extended back to the worker's start, because the kernel reports that
    to 0.01 s only. A share that was valid at `zero` is moved there.
    """
    known = [] if work.is_lane else [*shares.get((work.process, work.thread), ())]
    if known:
        known[0] = (min(known[0][0], work.began), known[0][1])
    before = [(zero, share) for at, share in known if at < zero]
    return [*before[-1:], *((at, share) for at, share in known if at >= zero)]


def _links(reader: Reader, works: Sequence[Work]) -> Iterator[tuple[Work, Work, float, str]]:
    """Yield the source, target, time and reason of each known wake."""
    for work in works:
        for wait in work.waits:
            if wait.ended is not None and wait.on is not None:
                source = _releaser(reader, work, wait)
                if source is not None:
                    yield source.shown(), work, wait.ended, wait.reason
        for turn, after in pairwise(work.turns):
            other = reader.lanes.get((work.process, turn.on)) if turn.on else None
            if turn.reason and other is not None and other.ended is not None:
                yield other.shown(), work, after.began, turn.reason


def _releaser(reader: Reader, work: Work, wait: Wait) -> Work | None:
    assert wait.ended is not None
    if isinstance(wait.on, int):
        frees = reader.frees.get((work.process, wait.on), [])
        in_time = [who for at, who in frees if wait.began <= at <= wait.ended]
        return in_time[-1] if in_time else None
    what, number = wait.on
    process = work.process if what == "thread" else number
    other = reader.threads.get((process, number))
    if other is None or other.ended is None or other.ended > wait.ended:
        return None
    return other
