"""What a racy program may come to, and how often each was seen.

After OpenJDK's jcstress (https://github.com/openjdk/jcstress): every possible
outcome is declared, with a grade; what is not declared fails. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from snippet_engine.run import Run
from snippet_engine.snippet.model import Outcome


def raised(run: Run) -> str:
    """The exception that ended the program, by the last line of its traceback."""
    return last_error(line.text for line in run.lines if line.stream == "stderr")[0]


def last_error(lines: Iterable[str]) -> tuple[str, str]:
    """The name and the message of the last exception in a traceback; empty where there is none."""
    found = (re.match(r"([A-Za-z_][\w.]*)(?::(?: (.*))?|$)", text) for text in reversed([*lines]))
    return next(((match[1], match[2] or "") for match in found if match), ("", ""))


def outcome_of(outcomes: Sequence[Outcome], run: Run) -> Outcome | None:
    """The first of `outcomes` that `run` came to; None where it is none of them."""
    printed = "\n".join(line.text for line in run.lines)
    for outcome in outcomes:
        if _ended_so(outcome, run) and outcome.shows_in(printed):
            return outcome
    return None


def _ended_so(outcome: Outcome, run: Run) -> bool:
    if outcome.hangs is not None:
        return run.ending == "stopped"
    if outcome.raises is not None:
        return run.ending == "exit 1" and raised(run) == outcome.raises
    return run.ending == "exit 0"
