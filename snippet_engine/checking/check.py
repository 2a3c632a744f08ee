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

    `sides` has each stream that differs: its name, and the recorded and the printed lines in
    the form in which they were compared.
    """

    reason: str
    hint: str
    diff: str = ""
    differences: StreamDifferences = ()

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.reason, self.diff, f"Hint: {self.hint}"]))


def is_newer(python: str) -> bool:
    """Return True if `python` ("3.15") is newer than all versions in SUPPORTED."""
    return parse_version(python) > parse_version(SUPPORTED_VERSIONS[-1])


def check_run(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None = None
) -> Mismatch | None:
    """Return the first difference between `run` and `snippet`, None if they agree.

    `run_of` returns the run of the snippet with a given name, which a claim may compare with;
    without it, such claims are not checked.
    """
    return (
        check_exit_status(snippet, run)
        or check_output(snippet, run)
        or check_guarantees(snippet, run)
        or _check_claims(snippet, run, run_of)
    )


def check_exit_status(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch if the program did not end as its head says, else None."""
    printed = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    hint = "correct the program, or its head"
    error = find_exception_name(run)
    if error and run.ending == "exit 1" and not (snippet.outcomes or snippet.stop_after):
        hint = f'correct the program, or write raises = "{error}" under [tool.snippet]'
    if snippet.outcomes:
        outcome = match_outcome(snippet.outcomes, run)
        if outcome is None:
            reason = f"it came to none of the outcomes of its head ({run.ending})"
            return Mismatch(reason, hint, printed)
        if outcome.grade == "forbidden":
            return Mismatch(f"it came to a forbidden outcome: {outcome.name}", hint, printed)
    elif snippet.stop_after:
        if run.ending != "stopped":
            reason = (
                f"it ended by itself ({run.ending}); its head says stops = {snippet.stop_after:g}"
            )
            return Mismatch(reason, hint, printed)
    elif snippet.raises:
        if run.ending != "exit 1" or error != snippet.raises:
            what = f"raised {error}" if error else "raised nothing"
            reason = f"it {what} ({run.ending}); its head says raises = {snippet.raises!r}"
            return Mismatch(reason, hint, printed)
    elif run.ending != "exit 0":
        what = f"raised {error}" if error else "did not end well"
        reason = f"it {what} ({run.ending}); its head says nothing of that"
        return Mismatch(reason, hint, printed)
    return None


def check_guarantees(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch about the first guarantee that `run` broke, or None."""
    whole = not snippet.outcomes or run.ending != "stopped"
    for guarantee in snippet.guarantees:
        lines = [line.text for line in run.lines if line.stream == guarantee.stream]
        if how := find_violation(guarantee, lines, whole=whole):
            printed = "\n".join(f"{n:>4}  {text}" for n, text in enumerate(lines, 1))
            hint = "correct the program, or promise less"
            return Mismatch(f"it broke a guarantee, {guarantee.says!r}: {how}", hint, printed)
    return None


def _check_claims(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None
) -> Mismatch | None:
    for claim in snippet.claims:
        name = find_compared_snippet(claim.measure)
        if name is None:
            how = find_bounds_error(claim, run)
        elif run_of:
            how = find_bounds_error(claim, run, run_of(name))
        else:
            continue
        if how:
            return Mismatch(f"a claim does not hold: {how}", "correct the program, or the claim")
    return None


def check_output(snippet: Snippet, run: Run) -> Mismatch | None:
    """Return a mismatch if the output differs from the recording for its Python."""
    python = get_feature_version(run.provenance.python)
    record = f"make record NAME={snippet.name}"
    recording = snippet.find_recording(python)
    if recording is None:
        return Mismatch("nothing is recorded for it", f"run `{record}`")
    hint = f"if the new output is right, run `{record}`"
    made = recording.python or REFERENCE_VERSION
    if made != python:
        hint += f"; add `PYTHON={python}` if only that version prints it"
    reason = f"its output differs from its recording (Python {python}"
    reason += ")" if made == python else f", recorded on {made})"
    if snippet.outcomes:
        # The output of a racy program varies: it is enough that the recording shows an outcome.
        shown = "\n".join(text for _, text in recording.lines)
        if any(outcome.is_shown_in(shown) for outcome in snippet.outcomes):
            return None
        diff = f"the recording shows none of the declared outcomes:\n{shown}"
        return Mismatch(reason, hint, diff)
    printed = [(line.stream, line.text) for line in run.lines]
    if sides := find_differences(snippet, recording.lines, printed):
        return Mismatch(reason, hint, format_diff(sides), sides)
    return None
