"""Update of the recorded output of a snippet from a run."""

from __future__ import annotations

from dataclasses import replace

from snippet_engine.checking.check import _broken_guarantee, _wrong_lines, wrong_ending
from snippet_engine.run import Run
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import REFERENCE, in_order, version


def renewed(snippet: Snippet, run: Run, *, own: bool = False) -> Snippet:
    """Return `snippet` with the output of `run` recorded, unchanged if they agree.

    The run replaces the recording that it is compared with. With `own`, a separate recording
    for its Python version is added if it differs from the nearest older one. Raises
    ValueError if the run ended otherwise than the head says or broke a guarantee.
    """
    if wrong := wrong_ending(snippet, run) or _broken_guarantee(snippet, run):
        raise ValueError(str(wrong))
    if _wrong_lines(snippet, run) is None:
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
        if others and _wrong_lines(without, run) is None:
            return without
    ordered = sorted(recordings.values(), key=lambda one: in_order(one.python or "0"))
    return replace(snippet, recordings=tuple(ordered))
