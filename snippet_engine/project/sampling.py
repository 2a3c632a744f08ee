"""Samples of a racy program: its outcomes, counted over many runs."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from snippet_engine.checking.outcomes import match_outcome
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.runner import execute
from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome, Sample, Snippet
from snippet_engine.snippet.versions import get_feature_version, parse_version


class UndeclaredOutcome(ValueError):
    """Error for a run with a forbidden or undeclared outcome."""


def sample_outcomes(
    snippet: Snippet, runs: int, *, python: str = sys.executable, concurrency: int | None = None
) -> Sample:
    """Run `snippet` `runs` times and return the number of runs with each outcome.

    `concurrency` is the number of concurrent runs; None means one per core. The probe is not
    loaded, so that it cannot influence the outcomes. Raise UndeclaredOutcome, with the output,
    for a forbidden or undeclared outcome, and ExecutionError if the program cannot be run.
    """
    with ThreadPoolExecutor(concurrency or count_cores()) as pool:
        finished = list(pool.map(partial(_run_once, snippet, python), range(runs)))
    counts = Counter(_match_declared_outcome(snippet, run).name for run in finished)
    return Sample(
        runs=runs,
        python=finished[0].provenance.python,
        cores=count_cores(),
        counts=tuple((it.name, counts[it.name]) for it in snippet.outcomes if counts[it.name]),
    )


def replace_sample(snippet: Snippet, sample: Sample) -> Snippet:
    """Return `snippet` with `sample`, which replaces that of the same Python version.

    Only the feature version (3.12) is compared.
    """
    others = (
        other
        for other in snippet.samples
        if get_feature_version(other.python) != get_feature_version(sample.python)
    )
    ordered = sorted((*others, sample), key=lambda item: parse_version(item.python))
    return replace(snippet, samples=tuple(ordered))


def _run_once(snippet: Snippet, python: str, _: int) -> Run:
    return execute(snippet, python=python, probe=False)


def _match_declared_outcome(snippet: Snippet, run: Run) -> Outcome:
    outcome = match_outcome(snippet.outcomes, run)
    if outcome is not None and outcome.grade != "forbidden":
        return outcome
    fault = f"the forbidden outcome {outcome.name!r}" if outcome else "no declared outcome"
    printed = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    raise UndeclaredOutcome(f"{snippet.path}: it had {fault} ({run.ending})\n{printed}".rstrip())
