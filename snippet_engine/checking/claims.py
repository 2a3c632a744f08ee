"""What prose says of a run in numbers: measured, bounded, put into words. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable

from snippet_engine.humanize import duration, size
from snippet_engine.run import Run, Worker
from snippet_engine.snippet.model import Claim, other
from snippet_engine.tracing.concurrency import overlap
from snippet_engine.tracing.event_reader import FORK_SERVER


class Unmeasurable(ValueError):
    """There is no such measure, or this run does not have it."""


def _kind(kind: str) -> Callable[[Run], float]:
    return lambda run: sum(worker.kind == kind for worker in _counted(run))


def _counted(run: Run) -> list[Worker]:
    """Return the workers of a run without multiprocessing's fork server.

    Whether there is one depends on the default start method, which Python 3.14 changed.
    """
    return [worker for worker in run.workers if worker.function != FORK_SERVER]


# Seconds, seconds, bytes; the rest are counts. A process stands for its main thread.
MEASURES: dict[str, Callable[[Run], float]] = {
    "seconds": lambda run: run.seconds,
    "cpu-seconds": lambda run: run.cpu_seconds,
    "cores-used": lambda run: run.cpu_seconds / run.seconds if run.seconds else 0.0,
    "memory": lambda run: run.peak_memory,
    "lines": lambda run: len(run.lines),
    "workers": lambda run: len(_counted(run)),
    "overlap": overlap,
    "processes": _kind("process"),
    "threads": _kind("thread"),
    "tasks": _kind("task"),
    "coroutines": _kind("coroutine"),
    "generators": _kind("generator"),
}


def measure(claim: Claim, run: Run, beside: Run | None = None) -> float:
    """The number that `claim` is about. `beside`: the run of the snippet it compares with.

    Raises Unmeasurable where the program did not print it.
    """
    if claim.printed is not None:
        number = re.match(r"-?\d[\d_,]*(?:\.\d+)?", _printed(claim, run))
        if not number:
            raise Unmeasurable(f"what {claim.printed!r} matches is not a number")
        return float(re.sub("[_,]", "", number[0]))
    if beside is not None:
        return beside.seconds / run.seconds
    return MEASURES[claim.what](run)


def told(claim: Claim, run: Run, beside: Run | None = None) -> str:
    """The number as prose says it: `1.07 s`, `9`, `12 MB`, or as it was printed."""
    if claim.printed is not None:
        return _printed(claim, run)
    number = measure(claim, run, beside)
    if claim.what in ("seconds", "cpu-seconds"):
        return duration(number)
    if claim.what == "memory":
        return size(int(number))
    if claim.what == "cores-used" or other(claim.what):
        return f"{number:.1f}"
    return f"{number:.0f}"


def unmet(claim: Claim, run: Run, beside: Run | None = None) -> str:
    """How `run` misses the bounds of `claim`; empty where it keeps them."""
    try:
        number = measure(claim, run, beside)
    except Unmeasurable as error:
        return f"{claim.what}: {error}"
    if claim.least is not None and number < claim.least:
        return f"{claim.what} is {number:g}, and should be {_bounds(claim)}"
    if claim.most is not None and number > claim.most:
        return f"{claim.what} is {number:g}, and should be {_bounds(claim)}"
    return ""


def _bounds(claim: Claim) -> str:
    if claim.least == claim.most:
        return f"{claim.least:g}"
    least = [] if claim.least is None else [f"at least {claim.least:g}"]
    return " and ".join([*least, *([] if claim.most is None else [f"at most {claim.most:g}"])])


def _printed(claim: Claim, run: Run) -> str:
    for line in run.lines:
        if found := re.search(claim.printed or "", line.text):
            return found[1]
    raise Unmeasurable(f"no line matches {claim.printed!r}")
