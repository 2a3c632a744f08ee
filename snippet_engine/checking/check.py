"""Check of a run against its snippet: exit status, output, guarantees, claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from snippet_engine.checking.claims import unmet
from snippet_engine.checking.guarantees import broken
from snippet_engine.checking.outcomes import outcome_of, raised
from snippet_engine.checking.output_diff import Sides, differing, unified_diff
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet, other
from snippet_engine.snippet.versions import REFERENCE, SUPPORTED, in_order, version


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A difference between a run and its snippet, with a reason and a hint.

    `sides` has each stream that differs: its name, and the recorded and the printed lines in
    the form in which they were compared.
    """

    reason: str
    cure: str
    diff: str = ""
    sides: Sides = ()

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.reason, self.diff, f"Cure: {self.cure}"]))


def is_newer(python: str) -> bool:
    """Return True if `python` ("3.15") is newer than all versions in SUPPORTED."""
    return in_order(python) > in_order(SUPPORTED[-1])


def disagreement(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None = None
) -> Disagreement | None:
    """Return the first difference between `run` and `snippet`, None if they agree.

    `run_of` returns the run of the snippet with a given name, which a claim may compare with;
    without it, such claims are not checked.
    """
    return (
        wrong_ending(snippet, run)
        or wrong_lines(snippet, run)
        or broken_guarantee(snippet, run)
        or _unmet_claim(snippet, run, run_of)
    )


def wrong_ending(snippet: Snippet, run: Run) -> Disagreement | None:
    """Return a disagreement if the program did not end as its head says, else None."""
    printed = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    cure = "correct the program, or its head"
    error = raised(run)
    if error and run.ending == "exit 1" and not (snippet.outcomes or snippet.stops):
        cure = f'correct the program, or write raises = "{error}" under [tool.snippet]'
    if snippet.outcomes:
        outcome = outcome_of(snippet.outcomes, run)
        if outcome is None:
            reason = f"it came to none of the outcomes of its head ({run.ending})"
            return Disagreement(reason, cure, printed)
        if outcome.grade == "forbidden":
            return Disagreement(f"it came to a forbidden outcome: {outcome.name}", cure, printed)
    elif snippet.stops:
        if run.ending != "stopped":
            reason = f"it ended by itself ({run.ending}); its head says stops = {snippet.stops:g}"
            return Disagreement(reason, cure, printed)
    elif snippet.raises:
        if run.ending != "exit 1" or error != snippet.raises:
            what = f"raised {error}" if error else "raised nothing"
            reason = f"it {what} ({run.ending}); its head says raises = {snippet.raises!r}"
            return Disagreement(reason, cure, printed)
    elif run.ending != "exit 0":
        what = f"raised {error}" if error else "did not end well"
        reason = f"it {what} ({run.ending}); its head says nothing of that"
        return Disagreement(reason, cure, printed)
    return None


def broken_guarantee(snippet: Snippet, run: Run) -> Disagreement | None:
    """Return a disagreement about the first guarantee that `run` broke, or None."""
    whole = not snippet.outcomes or run.ending != "stopped"
    for guarantee in snippet.guarantees:
        lines = [line.text for line in run.lines if line.stream == guarantee.stream]
        if how := broken(guarantee, lines, whole=whole):
            printed = "\n".join(f"{n:>4}  {text}" for n, text in enumerate(lines, 1))
            cure = "correct the program, or promise less"
            return Disagreement(f"it broke a guarantee, {guarantee.says!r}: {how}", cure, printed)
    return None


def _unmet_claim(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None
) -> Disagreement | None:
    for claim in snippet.claims:
        name = other(claim.what)
        if name is None:
            how = unmet(claim, run)
        elif run_of:
            how = unmet(claim, run, run_of(name))
        else:
            continue
        if how:
            return Disagreement(
                f"a claim does not hold: {how}", "correct the program, or the claim"
            )
    return None


def wrong_lines(snippet: Snippet, run: Run) -> Disagreement | None:
    """Return a disagreement if the output differs from the recording for its Python."""
    python = version(run.provenance.python)
    record = f"make record NAME={snippet.name}"
    recording = snippet.recording(python)
    if recording is None:
        return Disagreement("nothing is recorded for it", f"run `{record}`")
    cure = f"if the new output is right, run `{record}`"
    made = recording.python or REFERENCE
    if made != python:
        cure += f"; add `PYTHON={python}` if only that version prints it"
    reason = f"its output differs from its recording (Python {python}"
    reason += ")" if made == python else f", recorded on {made})"
    if snippet.outcomes:
        # The output of a racy program varies: it is enough that the recording shows an outcome.
        shown = "\n".join(text for _, text in recording.lines)
        if any(outcome.shows_in(shown) for outcome in snippet.outcomes):
            return None
        diff = f"the recording shows none of the declared outcomes:\n{shown}"
        return Disagreement(reason, cure, diff)
    printed = [(line.stream, line.text) for line in run.lines]
    if sides := differing(snippet, recording.lines, printed):
        return Disagreement(reason, cure, unified_diff(sides), sides)
    return None
