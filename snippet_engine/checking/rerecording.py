"""Recording of a correct run in its snippet, if more runs print the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from snippet_engine.checking.check import (
    check_exit_status,
    check_guarantees,
    check_output,
    check_run,
)
from snippet_engine.checking.variation import find_variation
from snippet_engine.run import Run
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import REFERENCE_VERSION, get_feature_version, parse_version

REQUIRED_RUNS = 3  # runs that must agree before a recording is changed


class RecordingError(ValueError):
    """A run cannot be recorded; the message says why, and what to do."""


def rerecord(
    snippet: Snippet,
    run: Run,
    run_again: Callable[[], Run],
    get_run: Callable[[str], Run] | None = None,
    *,
    per_version: bool = False,
) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    `run_again` runs the program once more; it is called if the recording would change.
    `get_run` is described at `check_run`, `per_version` at `update_recording`. Raises
    RecordingError if a run ends otherwise than the head says, breaks a guarantee or violates
    a claim, or if the runs differ in a way that the head does not allow.
    """
    if mismatch := check_exit_status(snippet, run):
        raise RecordingError(str(mismatch))
    try:
        new = update_recording(snippet, run, per_version=per_version)
    except ValueError as error:
        raise RecordingError(str(error)) from None
    runs = [run]
    if new != snippet:
        while len(runs) < REQUIRED_RUNS:
            runs.append(run_again())
            if mismatch := check_exit_status(snippet, runs[-1]):
                raise RecordingError(
                    f"run {len(runs)} of {REQUIRED_RUNS} ended differently: {mismatch}"
                )
        if variation := find_variation(snippet, runs):
            raise RecordingError(str(variation))
    for each_run in runs:
        if mismatch := check_run(new, each_run, get_run):
            raise RecordingError(str(mismatch))
    return new


def update_recording(snippet: Snippet, run: Run, *, per_version: bool = False) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    The run replaces the recording that it is compared with. With `per_version`, a separate
    recording for its Python version is added if it differs from the nearest older one. Raises
    ValueError if the run ended otherwise than the head says or broke a guarantee.
    """
    if mismatch := check_exit_status(snippet, run) or check_guarantees(snippet, run):
        raise ValueError(str(mismatch))
    if check_output(snippet, run) is None:
        return snippet
    python = get_feature_version(run.provenance.python)
    compared = snippet.find_recording(python)
    recordings = {recording.python: recording for recording in snippet.recordings}
    key = compared.python if compared else None
    if per_version and compared and (compared.python or REFERENCE_VERSION) != python:
        key = python
    recordings[key] = Recording(tuple((line.stream, line.text) for line in run.lines), key)
    if key is not None:
        others = [recording for recording in recordings.values() if recording.python != key]
        without = replace(snippet, recordings=tuple(others))
        if others and check_output(without, run) is None:
            return without
    ordered = sorted(recordings.values(), key=lambda each: parse_version(each.python or "0"))
    return replace(snippet, recordings=tuple(ordered))
