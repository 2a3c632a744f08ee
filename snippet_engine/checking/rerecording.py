"""Record a run in its snippet, if it is right and the next runs print the same."""

from __future__ import annotations

from collections.abc import Callable

from snippet_engine.checking.check import Disagreement, disagreement, wrong_ending
from snippet_engine.checking.outcomes import raised
from snippet_engine.checking.record import renewed
from snippet_engine.checking.variation import find_variation
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

RUNS = 3  # of a program whose recording would change


class Unrecordable(ValueError):
    """A run that is no recording: what is wrong with it, and what to do."""


def rerecord(
    snippet: Snippet,
    run: Run,
    run_again: Callable[[], Run],
    run_of: Callable[[str], Run] | None = None,
    *,
    own: bool = False,
) -> Snippet:
    """`snippet` with `run` recorded; itself where the old recording agrees.

    `run_again` makes another run of it; it is called where the recording would change.
    `run_of`: see `disagreement`; `own`: see `renewed`. Raises Unrecordable where a run ends in
    another way than the head says, breaks a guarantee or does not meet a claim, and where the
    runs vary in what the head does not allow.
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
    """`wrong` with the exception to declare as its remedy, where one ended `run` unexpectedly."""
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
