"""Check of a run against its snippet: exit status, output, guarantees, claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from snippet_engine.checking.claims import find_bounds_error
from snippet_engine.checking.guarantees import find_violation
from snippet_engine.checking.outcomes import find_exception_name, match_outcome
from snippet_engine.checking.output_diff import StreamDifferences, find_differences, format_diff
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet, find_compared_snippet
from snippet_engine.snippet.versions import (
    REFERENCE_VERSION,
    SUPPORTED_VERSIONS,
    get_feature_version,
    parse_version,
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference between a run and its snippet, with a reason and a hint.

    `diff` shows the difference as text. `differences` has each stream that differs: its name,
    and the recorded and the printed lines in the form in which they were compared.
    """

    reason: str
    hint: str
    diff: str = ""
    differences: StreamDifferences = ()

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.reason, self.diff, f"Hint: {self.hint}"]))


def is_newer_than_supported(python: str) -> bool:
    """Return True if `python` ("3.15") is newer than all of SUPPORTED_VERSIONS."""
    return parse_version(python) > parse_version(SUPPORTED_VERSIONS[-1])


def check_run(
    snippet: Snippet, run: Run, get_run: Callable[[str], Run] | None = None
) -> Mismatch | None:
    """Return the first difference between `run` and `snippet`, None if they agree.

    `get_run` returns the run of the snippet with a given name, which a claim may compare with;
    without it, such claims are not checked.
    """
    return (
        check_exit_status(snippet, run)
        or check_output(snippet, run)
        or check_guarantees(snippet, run)
        or _check_claims(snippet, run, get_run)
    )


def check_exit_status(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch if the program did not end as its head says, else None."""
    last_lines = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    hint = "fix the program or its head"
    exception = find_exception_name(run)
    raised = f"it raised {exception}" if exception else "it raised nothing"
    if snippet.outcomes:
        outcome = match_outcome(snippet.outcomes, run)
        if outcome is not None and outcome.grade != "forbidden":
            return None
        reason = (
            f"its outcome is none of those in its head ({run.ending})"
            if outcome is None
            else f"its outcome is forbidden: {outcome.name}"
        )
        return Mismatch(reason, hint, last_lines)
    if snippet.stop_after:
        if run.ending == "stopped":
            return None
        reason = f"it ended by itself ({run.ending}); its head says stops = {snippet.stop_after:g}"
        return Mismatch(reason, hint, last_lines)
    if exception and run.ending == "exit 1":
        hint = f'fix the program, or write raises = "{exception}" under [tool.snippet]'
    if snippet.raises:
        if run.ending == "exit 1" and exception == snippet.raises:
            return None
        reason = f"{raised} ({run.ending}); its head says raises = {snippet.raises!r}"
        return Mismatch(reason, hint, last_lines)
    if run.ending == "exit 0":
        return None
    reason = raised if exception else "it failed"
    return Mismatch(f"{reason} ({run.ending}); its head declares no exception", hint, last_lines)


def check_guarantees(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch about the first guarantee that `run` broke, or None."""
    is_complete = not snippet.outcomes or run.ending != "stopped"
    for guarantee in snippet.guarantees:
        lines = [line.text for line in run.lines if line.stream == guarantee.stream]
        if violation := find_violation(guarantee, lines, is_complete=is_complete):
            printed = "\n".join(f"{n:>4}  {text}" for n, text in enumerate(lines, 1))
            reason = f"it broke a guarantee, {guarantee.says!r}: {violation}"
            return Mismatch(reason, "fix the program, or weaken the guarantee", printed)
    return None


def _check_claims(
    snippet: Snippet, run: Run, get_run: Callable[[str], Run] | None
) -> Mismatch | None:
    for claim in snippet.claims:
        compared = find_compared_snippet(claim.measure)
        if compared and not get_run:
            continue
        baseline = get_run(compared) if compared and get_run else None
        if error := find_bounds_error(claim, run, baseline):
            return Mismatch(f"a claim does not hold: {error}", "fix the program or the claim")
    return None


def check_output(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch if the output differs from the recording for its Python."""
    python = get_feature_version(run.provenance.python)
    command = f"make record NAME={snippet.name}"
    recording = snippet.find_recording(python)
    if recording is None:
        return Mismatch("nothing is recorded for it", f"run `{command}`")
    hint = f"if the new output is right, run `{command}`"
    recorded_on = recording.python or REFERENCE_VERSION
    if recorded_on != python:
        hint += f"; add `PYTHON={python}` if only that version prints it"
    reason = f"its output differs from its recording (Python {python}"
    reason += ")" if recorded_on == python else f", recorded on {recorded_on})"
    if snippet.outcomes:
        # The output of a racy program varies: it is enough that the recording shows an outcome.
        text = "\n".join(text for _, text in recording.lines)
        if any(outcome.is_shown_in(text) for outcome in snippet.outcomes):
            return None
        diff = f"the recording shows none of the declared outcomes:\n{text}"
        return Mismatch(reason, hint, diff)
    printed = [(line.stream, line.text) for line in run.lines]
    if differences := find_differences(snippet, recording.lines, printed):
        return Mismatch(reason, hint, format_diff(differences), differences)
    return None
