"""Claims about a run: its measures, and the check and wording of their values."""

from __future__ import annotations

import re
from collections.abc import Callable

from snippet_engine.humanize import duration, size
from snippet_engine.run import Run, Worker
from snippet_engine.snippet.model import Claim, other
from snippet_engine.tracing.concurrency import measure_concurrency
from snippet_engine.tracing.event_reader import FORK_SERVER


class Unmeasurable(ValueError):
    """A run does not have the number that a claim is about."""


def _kind(kind: str) -> Callable[[Run], float]:
    return lambda run: sum(worker.kind == kind for worker in _counted(run))


def _counted(run: Run) -> list[Worker]:
    """Return the workers of a run except multiprocessing's fork server.

    Whether it exists depends on the default start method, which changed in Python 3.14.
    """
    return [worker for worker in run.workers if worker.function != FORK_SERVER]


# Units: "memory" is in bytes, "cores-used" a mean, the rest are seconds or counts. A process
# counts as its main thread.
MEASURES: dict[str, Callable[[Run], float]] = {
    "seconds": lambda run: run.seconds,
    "cpu-seconds": lambda run: run.cpu_seconds,
    "cores-used": lambda run: run.cpu_seconds / run.seconds if run.seconds else 0.0,
    "memory": lambda run: run.peak_memory,
    "lines": lambda run: len(run.lines),
    "workers": lambda run: len(_counted(run)),
    "overlap": measure_concurrency,
    "processes": _kind("process"),
    "threads": _kind("thread"),
    "tasks": _kind("task"),
    "coroutines": _kind("coroutine"),
    "generators": _kind("generator"),
}


def measure(claim: Claim, run: Run, beside: Run | None = None) -> float:
    """Return the number that `claim` is about.

    `beside` is the run of the snippet that the claim compares with. Raises Unmeasurable if
    the claim is about a printed number that the program did not print.
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
    """Return the number that `claim` is about, as text for a page: "1.07 s", "12 MB".

    A printed number is returned as the program printed it. `beside` and Unmeasurable: see
    `measure`.
    """
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
    """Return how `run` violates the bounds of `claim`, "" if it does not.

    `beside` is the run of the snippet that the claim compares with.
    """
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
