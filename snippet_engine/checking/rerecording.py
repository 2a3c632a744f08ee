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
    run_of: Callable[[str], Run] | None = None,
    *,
    own: bool = False,
) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    `run_again` runs the program once more; it is called if the recording would change.
    `run_of` is described at `check_run`, `own` at `update_recording`. Raises RecordingError if
    a run ends otherwise than the head says, breaks a guarantee or violates a claim, or if the
    runs differ in a way that the head does not allow.
    """
    if wrong := check_exit_status(snippet, run):
        raise RecordingError(str(wrong))
    try:
        new = update_recording(snippet, run, own=own)
    except ValueError as error:
        raise RecordingError(str(error)) from None
    runs = [run]
    if new != snippet:
        while len(runs) < REQUIRED_RUNS:
            runs.append(run_again())
            if wrong := check_exit_status(snippet, runs[-1]):
                raise RecordingError(
                    f"run {len(runs)} of {REQUIRED_RUNS} ended in another way: {wrong}"
                )
        if varies := find_variation(snippet, runs):
            raise RecordingError(str(varies))
    for one in runs:
        if wrong := check_run(new, one, run_of):
            raise RecordingError(str(wrong))
    return new


def update_recording(snippet: Snippet, run: Run, *, own: bool = False) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    The run replaces the recording that it is compared with. With `own`, a separate recording
    for its Python version is added if it differs from the nearest older one. Raises
    ValueError if the run ended otherwise than the head says or broke a guarantee.
    """
    if wrong := check_exit_status(snippet, run) or check_guarantees(snippet, run):
        raise ValueError(str(wrong))
    if check_output(snippet, run) is None:
        return snippet
    python = get_feature_version(run.provenance.python)
    compared = snippet.find_recording(python)
    recordings = {recording.python: recording for recording in snippet.recordings}
    at = compared.python if compared else None
    if own and compared and (compared.python or REFERENCE_VERSION) != python:
        at = python
    recordings[at] = Recording(tuple((line.stream, line.text) for line in run.lines), at)
    if at is not None:
        others = [one for one in recordings.values() if one.python != at]
        without = replace(snippet, recordings=tuple(others))
        if others and check_output(without, run) is None:
            return without
    ordered = sorted(recordings.values(), key=lambda one: parse_version(one.python or "0"))
    return replace(snippet, recordings=tuple(ordered))
