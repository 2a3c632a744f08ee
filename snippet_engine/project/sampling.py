"""Run a racy program many times, and count its outcomes."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from snippet_engine.checking.outcomes import outcome_of
from snippet_engine.execution.cores import cores
from snippet_engine.execution.runner import execute
from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome, Sample, Snippet
from snippet_engine.snippet.versions import in_order, version


class UndeclaredOutcome(ValueError):
    """A run had an outcome that the head forbids, or does not declare."""


def sampled(
    snippet: Snippet, runs: int, *, python: str = sys.executable, at_once: int | None = None
) -> Sample:
    """How often each declared outcome was seen in `runs` runs.

    `at_once` of them run side by side; if that is not said, as many as there are cores.

    The probe is left out: what is counted is the program alone. Raises
    UndeclaredOutcome, with the output, and ExecutionError where it cannot be run.
    """
    with ThreadPoolExecutor(at_once or cores()) as pool:
        done = list(pool.map(partial(_once, snippet, python), range(runs)))
    counts = Counter(_declared(snippet, run).name for run in done)
    return Sample(
        runs=runs,
        python=done[0].provenance.python,
        cores=cores(),
        counts=tuple((one.name, counts[one.name]) for one in snippet.outcomes if counts[one.name]),
    )


def with_sample(snippet: Snippet, sample: Sample) -> Snippet:
    """`snippet` with `sample` in the place of the one for the same feature version."""
    others = (one for one in snippet.samples if version(one.python) != version(sample.python))
    ordered = sorted((*others, sample), key=lambda one: in_order(one.python))
    return replace(snippet, samples=tuple(ordered))


def _once(snippet: Snippet, python: str, _: int) -> Run:
    return execute(snippet, python=python, probe=False)


def _declared(snippet: Snippet, run: Run) -> Outcome:
    outcome = outcome_of(snippet.outcomes, run)
    if outcome is not None and outcome.grade != "forbidden":
        return outcome
    what = f"the forbidden outcome {outcome.name!r}" if outcome else "no declared outcome"
    printed = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    raise UndeclaredOutcome(f"{snippet.path}: it had {what} ({run.ending})\n{printed}".rstrip())
