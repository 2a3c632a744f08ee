"""Recognition of the outcome of a run of a racy program.

As in OpenJDK's jcstress (https://github.com/openjdk/jcstress), every possible outcome is
declared with a grade, and an undeclared outcome is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome


def find_exception_name(run: Run) -> str:
    """Return the name of the exception that ended the program, "" if there is none.

    It is read from the last line of standard error that looks like the end of a traceback.
    """
    return parse_traceback_tail(line.text for line in run.lines if line.stream == "stderr")[0]


def parse_traceback_tail(lines: Iterable[str]) -> tuple[str, str]:
    """Return the name and message of the last exception in a traceback.

    Both are "" if there is none.
    """
    matches = (re.match(r"([A-Za-z_][\w.]*)(?::(?: (.*))?|$)", text) for text in reversed([*lines]))
    return next(((match[1], match[2] or "") for match in matches if match), ("", ""))


def match_outcome(outcomes: Sequence[Outcome], run: Run) -> Outcome | None:
    """Return the first of `outcomes` that matches `run`, None if none does."""
    printed = "\n".join(line.text for line in run.lines)
    for outcome in outcomes:
        if _matches_exit_status(outcome, run) and outcome.is_shown_in(printed):
            return outcome
    return None


def _matches_exit_status(outcome: Outcome, run: Run) -> bool:
    if outcome.hangs is not None:
        return run.ending == "stopped"
    if outcome.raises is not None:
        return run.ending == "exit 1" and find_exception_name(run) == outcome.raises
    return run.ending == "exit 0"
