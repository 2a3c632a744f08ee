"""What a racy program may come to, and how often each was seen.

After OpenJDK's jcstress (https://github.com/openjdk/jcstress): every possible
outcome is declared, with a grade; what is not declared fails. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .run import Run

Grade = Literal["expected", "surprising", "forbidden"]
GRADES = ("expected", "surprising", "forbidden")

TITLE = re.compile(r"#: outcomes of (\d+) runs? on Python ([\d.]+\w*), (\d+) cores?$")
MARK = "#="


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a program may end.

    `pattern` is looked for in its whole output, `^` and `$` at each line.
    `hangs`: seconds after which the program is held to hang for good, and is
    stopped. `raises`: the exception that ends it.
    """

    name: str
    grade: Grade
    says: str
    pattern: str = ""
    hangs: float | None = None
    raises: str | None = None

    def shows_in(self, printed: str) -> bool:
        """Whether a program that printed so may have come to it."""
        return bool(re.search(self.pattern, printed, re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Sample:
    """How often each outcome was seen in `runs` runs, on one interpreter."""

    runs: int
    python: str
    cores: int
    counts: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        cores = f"{self.cores} core{'' if self.cores == 1 else 's'}"
        title = f"#: outcomes of {self.runs} runs on Python {self.python}, {cores}"
        return "\n".join([title, *(f"{MARK} {n} {name}" for name, n in self.counts)]) + "\n"

    def count(self, name: str) -> int:
        """How often the outcome `name` was seen."""
        return dict(self.counts).get(name, 0)


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
