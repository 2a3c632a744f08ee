"""Recording of a correct run in its snippet, if more runs print the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from snippet_engine.checking.check import (
    broken_guarantee,
    disagreement,
    wrong_ending,
    wrong_lines,
)
from snippet_engine.checking.variation import find_variation
from snippet_engine.run import Run
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import REFERENCE, in_order, version

RUNS = 3  # runs that must agree before a recording is changed


class Unrecordable(ValueError):
    """A run cannot be recorded; the message says why, and what to do."""


def rerecord(
    snippet: Snippet,
    run: Run,
    run_again: Callable[[], Run],
    run_of: Callable[[str], Run] | None = None,
    *,
    own: bool = False,
) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    `run_again` runs the program once more; it is called if the recording would change.
    `run_of` is described at `disagreement`, `own` at `renewed`. Raises Unrecordable if a run
    ends otherwise than the head says, breaks a guarantee or violates a claim, or if the runs
    differ in a way that the head does not allow.
    """
    if wrong := wrong_ending(snippet, run):
        raise Unrecordable(str(wrong))
    try:
        new = renewed(snippet, run, own=own)
    except ValueError as error:
        raise Unrecordable(str(error)) from None
    runs = [run]
    if new != snippet:
        while len(runs) < RUNS:
            runs.append(run_again())
            if wrong := wrong_ending(snippet, runs[-1]):
                raise Unrecordable(f"run {len(runs)} of {RUNS} ended in another way: {wrong}")
        if varies := find_variation(snippet, runs):
            raise Unrecordable(str(varies))
    for one in runs:
        if wrong := disagreement(new, one, run_of):
            raise Unrecordable(str(wrong))
    return new


def renewed(snippet: Snippet, run: Run, *, own: bool = False) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    The run replaces the recording that it is compared with. With `own`, a separate recording
    for its Python version is added if it differs from the nearest older one. Raises
    ValueError if the run ended otherwise than the head says or broke a guarantee.
    """
    if wrong := wrong_ending(snippet, run) or broken_guarantee(snippet, run):
        raise ValueError(str(wrong))
    if wrong_lines(snippet, run) is None:
        return snippet
    python = version(run.provenance.python)
    compared = snippet.recording(python)
    recordings = {recording.python: recording for recording in snippet.recordings}
    at = compared.python if compared else None
    if own and compared and (compared.python or REFERENCE) != python:
        at = python
    recordings[at] = Recording(tuple((line.stream, line.text) for line in run.lines), at)
    if at is not None:
        others = [one for one in recordings.values() if one.python != at]
        without = replace(snippet, recordings=tuple(others))
        if others and wrong_lines(without, run) is None:
            return without
    ordered = sorted(recordings.values(), key=lambda one: in_order(one.python or "0"))
    return replace(snippet, recordings=tuple(ordered))
