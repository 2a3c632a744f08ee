"""Recording of a correct run in its snippet, if more runs print the same."""

from __future__ import annotations

from collections.abc import Callable

from snippet_engine.checking.check import Disagreement, disagreement, wrong_ending
from snippet_engine.checking.outcomes import raised
from snippet_engine.checking.record import renewed
from snippet_engine.checking.variation import find_variation
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

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
        raise Unrecordable(str(with_exception(wrong, snippet, run)))
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


def with_exception(wrong: Disagreement, snippet: Snippet, run: Run) -> Disagreement:
    """Return `wrong` with a hint to declare the exception that ended `run`.

    It is returned unchanged if it is not about an undeclared exception.
    """
    error = raised(run)
    declares = snippet.outcomes or snippet.stops or run.ending != "exit 1"
    if declares or not error or wrong != wrong_ending(snippet, run):
        return wrong
    return Disagreement(
        wrong.reason,
        f'correct the program, or write raises = "{error}" under [tool.snippet]',
        wrong.diff,
        wrong.sides,
    )
