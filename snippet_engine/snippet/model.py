"""A snippet as data: its head, its program, what was recorded of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.specifiers import SpecifierSet

from snippet_engine.run import Stream
from snippet_engine.snippet.versions import REFERENCE, in_order, version

Order = Literal["in-order", "any-order", "each-kind"]
START_METHODS = ("fork", "spawn", "forkserver")
Language = Literal["python", "zsh"]
LANGUAGES: dict[str, Language] = {".py": "python", ".zsh": "zsh"}
MARKS: dict[str, Stream] = {"#>": "stdout", "#!": "stderr"}


@dataclass(frozen=True, slots=True)
class Recording:
    """What a program printed when it was recorded.

    `python` is the version it was made on ("3.12"), None the version REFERENCE. It is
    valid for later versions too, up to the next one that has a recording.
    """

    lines: tuple[tuple[Stream, str], ...]
    python: str | None = None

    def __str__(self) -> str:
        title = "#: output" + (f" on Python {self.python}" if self.python else "")
        mark = {stream: mark for mark, stream in MARKS.items()}
        body = (f"{mark[stream]} {text}".rstrip() for stream, text in self.lines)
        return "\n".join([title, *body]) + "\n"


@dataclass(frozen=True, slots=True)
class Program:
    """A file of `snippets/` in its parts, none of them understood yet: what a run depends on.

    `below`: the lines under the program, what was recorded of it.
    """

    path: Path
    head: str
    code: str
    below: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """One program with what its head says of it. Times in seconds."""

    name: str
    path: Path
    head: str
    code: str
    language: Language
    title: str
    source: int | None = None
    lines: Order = "in-order"
    setup: str = ""
    stops: float | None = None
    raises: str | None = None
    mask: tuple[tuple[str, str], ...] = ()
    alone: bool = False
    start_method: str | None = None
    requires_python: str = ">=3.11"
    dependencies: tuple[str, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    claims: tuple[Claim, ...] = ()
    recordings: tuple[Recording, ...] = ()
    samples: tuple[Sample, ...] = ()

    @property
    def chapter(self) -> str:
        """The folder of `snippets/` it stands in, which names its page."""
        return self.name.partition("/")[0]

    @property
    def text(self) -> str:
        """The whole file."""
        return self.head + self.code + "".join(map(str, (*self.recordings, *self.samples)))

    @property
    def patience(self) -> float | None:
        """The seconds after which it is stopped as intended; None: it ends by itself."""
        hangs = [outcome.hangs for outcome in self.outcomes if outcome.hangs is not None]
        return self.stops or max(hangs, default=None)

    @property
    def lasts(self) -> float:
        """The seconds that a run of it takes at least, by what its head says."""
        claimed = [claim.least or 0.0 for claim in self.claims if claim.what == "seconds"]
        return max([*claimed, self.stops or 0.0])

    def recording(self, python: str) -> Recording | None:
        """Return what the program should print on `python` ("3.12"), if it was recorded.

        That is the recording of this version or the nearest older one; the oldest there is
        where none is as old.
        """
        made = {in_order(one.python or REFERENCE): one for one in self.recordings}
        older = [known for known in made if known <= in_order(python)]
        return made[max(older) if older else min(made)] if made else None

    def sample(self, python: str) -> Sample | None:
        """The outcomes seen on `python` ("3.12"), where they were counted."""
        return next((one for one in self.samples if version(one.python) == python), None)

    def runs_on(self, python: str) -> bool:
        """Whether its `requires-python` allows the full version `python`."""
        return SpecifierSet(self.requires_python).contains(python, prereleases=True)


Kind = Literal["order", "first", "grows", "exactly", "at-least", "never", "any-order"]
COUNT = "n"  # the group that holds the number in a `grows`


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One sentence for the reader, and the patterns that make it checkable.

    `order`: each line of a pattern comes after all its own lines of the pattern
    before it; its own are those with the same text in the groups of the same
    name. `first`: it comes after the first of them. `grows`: the number in the
    group `n` grows by `number` each time, or never falls where that is None.
    `exactly`, `at-least`: `number` lines match, for each text of the named
    groups. `never`: none does. `any-order`: the lines whose order is free.
    """

    says: str
    kind: Kind
    patterns: tuple[str, ...]
    number: int | None = None
    stream: Stream = "stdout"


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


_OVER = re.compile(r"speedup over (\S+)$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A measure of a run, and the bounds within which it must lie.

    `what`: one of MEASURE_NAMES, `speedup over NAME` (the seconds of that snippet as
    a multiple of this one's), or a name of its own with `printed`: a pattern
    whose first group is a number, with its unit, in what the program prints.
    """

    what: str
    least: float | None = None
    most: float | None = None
    printed: str | None = None


def other(what: str) -> str | None:
    """The snippet that a measure like `speedup over NAME` compares with."""
    found = _OVER.match(what)
    return found[1] if found else None


# What a claim may be about, besides `speedup over NAME` and what a program prints.
MEASURE_NAMES = (
    *("seconds", "cpu-seconds", "cores-used", "memory", "lines", "workers", "overlap"),
    *("processes", "threads", "tasks", "coroutines", "generators"),
)
