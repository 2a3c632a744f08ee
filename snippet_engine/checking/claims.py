"""Claims about a run: its measures, and the check and wording of their values."""

from __future__ import annotations

import re
from collections.abc import Callable

from snippet_engine.humanize import format_duration, format_size
from snippet_engine.run import Run, Worker
from snippet_engine.snippet.model import Claim, find_compared_snippet
from snippet_engine.tracing.concurrency import measure_concurrency
from snippet_engine.tracing.event_reader import FORK_SERVER


class MeasurementError(ValueError):
    """A run does not have the number that a claim is about."""


def _count_kind(kind: str) -> Callable[[Run], float]:
    return lambda run: sum(worker.kind == kind for worker in _find_counted_workers(run))


def _find_counted_workers(run: Run) -> list[Worker]:
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
    "workers": lambda run: len(_find_counted_workers(run)),
    "overlap": measure_concurrency,
    "processes": _count_kind("process"),
    "threads": _count_kind("thread"),
    "tasks": _count_kind("task"),
    "coroutines": _count_kind("coroutine"),
    "generators": _count_kind("generator"),
}


def measure_claim(claim: Claim, run: Run, baseline: Run | None = None) -> float:
    """Return the number that `claim` is about.

    `baseline` is the run of the snippet that the claim compares with. Raises MeasurementError if
    the claim is about a printed number that the program did not print.
    """
    if claim.printed is not None:
        number = re.match(r"-?\d[\d_,]*(?:\.\d+)?", _find_printed_number(claim, run))
        if not number:
            raise MeasurementError(f"the text that {claim.printed!r} matches is not a number")
        return float(re.sub("[_,]", "", number[0]))
    if baseline is not None:
        return baseline.seconds / run.seconds
    return MEASURES[claim.measure](run)


def format_value(claim: Claim, run: Run, baseline: Run | None = None) -> str:
    """Return the number that `claim` is about, as text for a page: "1.07 s", "12 MB".

    A printed number is returned as the program printed it. `baseline` and MeasurementError: see
    `measure_claim`.
    """
    if claim.printed is not None:
        return _find_printed_number(claim, run)
    number = measure_claim(claim, run, baseline)
    if claim.measure in ("seconds", "cpu-seconds"):
        return format_duration(number)
    if claim.measure == "memory":
        return format_size(int(number))
    if claim.measure == "cores-used" or find_compared_snippet(claim.measure):
        return f"{number:.1f}"
    return f"{number:.0f}"


def find_bounds_error(claim: Claim, run: Run, baseline: Run | None = None) -> str:
    """Return how `run` violates the bounds of `claim`, "" if it does not.

    `baseline` is the run of the snippet that the claim compares with.
    """
    try:
        number = measure_claim(claim, run, baseline)
    except MeasurementError as error:
        return f"{claim.measure}: {error}"
    if claim.minimum is not None and number < claim.minimum:
        return f"{claim.measure} is {number:g}; it should be {_describe_bounds(claim)}"
    if claim.maximum is not None and number > claim.maximum:
        return f"{claim.measure} is {number:g}; it should be {_describe_bounds(claim)}"
    return ""


def _describe_bounds(claim: Claim) -> str:
    if claim.minimum == claim.maximum:
        return f"{claim.minimum:g}"
    bounds = {"at least": claim.minimum, "at most": claim.maximum}
    return " and ".join(f"{words} {n:g}" for words, n in bounds.items() if n is not None)


def _find_printed_number(claim: Claim, run: Run) -> str:
    for line in run.lines:
        if match := re.search(claim.printed or "", line.text):
            return match[1]
    raise MeasurementError(f"no line matches {claim.printed!r}")
