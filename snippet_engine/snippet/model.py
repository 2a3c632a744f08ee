"""Data model of a snippet: its metadata, program, recordings and samples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.specifiers import SpecifierSet

from snippet_engine.run import Stream
from snippet_engine.snippet.versions import REFERENCE_VERSION, get_feature_version, parse_version

LineOrder = Literal["in-order", "any-order", "each-kind"]
START_METHODS = ("fork", "spawn", "forkserver")
Language = Literal["python", "zsh"]
LANGUAGES: dict[str, Language] = {".py": "python", ".zsh": "zsh"}
STREAM_MARKS: dict[str, Stream] = {"#>": "stdout", "#!": "stderr"}


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded output of a program.

    `python` is the version that printed it ("3.12"); None means REFERENCE. The recording is
    also valid for later versions, up to the next one that has a recording.
    """

    lines: tuple[tuple[Stream, str], ...]
    python: str | None = None

    def __str__(self) -> str:
        title = "#: output" + (f" on Python {self.python}" if self.python else "")
        mark = {stream: mark for mark, stream in STREAM_MARKS.items()}
        body = (f"{mark[stream]} {text}".rstrip() for stream, text in self.lines)
        return "\n".join([title, *body]) + "\n"


@dataclass(frozen=True, slots=True)
class SourceParts:
    """The parts of a file of `snippets/`, not parsed yet.

    A run depends on `head` and `code` only. `sections` holds the lines after the program: its
    recordings and samples.
    """

    path: Path
    head: str
    code: str
    sections: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """One file of `snippets/`: a program, its metadata and its recorded output.

    Times are in seconds.
    """

    name: str
    path: Path
    head: str
    code: str
    language: Language
    title: str
    source: int | None = None
    lines: LineOrder = "in-order"
    setup: str = ""
    stop_after: float | None = None
    raises: str | None = None
    mask: tuple[tuple[str, str], ...] = ()
    exclusive: bool = False
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
        """Return the snippet's folder in `snippets/`, which is also the name of its page."""
        return self.name.partition("/")[0]

    @property
    def text(self) -> str:
        """Return the content of the snippet's file."""
        return self.head + self.code + "".join(map(str, (*self.recordings, *self.samples)))

    @property
    def time_limit(self) -> float | None:
        """Return the time in seconds after which a run is stopped as intended.

        It is None if the program ends by itself.
        """
        hangs = [outcome.hangs for outcome in self.outcomes if outcome.hangs is not None]
        return self.stop_after or max(hangs, default=None)

    @property
    def expected_seconds(self) -> float:
        """Return the least duration of a run in seconds, according to the head."""
        minima = [claim.minimum or 0.0 for claim in self.claims if claim.measure == "seconds"]
        return max([*minima, self.stop_after or 0.0])

    def find_recording(self, python: str) -> Recording | None:
        """Return the recording that is valid for `python` ("3.12"), None if there is none.

        This is the recording of that version or of the nearest older one, or else the oldest.
        """
        recordings = {
            parse_version(each.python or REFERENCE_VERSION): each for each in self.recordings
        }
        older = [version for version in recordings if version <= parse_version(python)]
        return recordings[max(older) if older else min(recordings)] if recordings else None

    def find_sample(self, python: str) -> Sample | None:
        """Return the sample of outcomes on `python` ("3.12"), None if there is none."""
        return next(
            (each for each in self.samples if get_feature_version(each.python) == python), None
        )

    def can_run_on(self, python: str) -> bool:
        """Return True if `requires-python` allows the version `python` ("3.12.1")."""
        return SpecifierSet(self.requires_python).contains(python, prereleases=True)


GuaranteeKind = Literal["order", "first", "grows", "exactly", "at-least", "never", "any-order"]
COUNT_GROUP = "n"  # the name of the group for the number in a `grows` guarantee


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A promise about the output of every run, as a sentence and as patterns.

    Two lines belong together if groups of the same name have the same text in both. By `kind`:

    - `order`: a line that matches a pattern comes after all lines that belong to it and match
      the pattern before.
    - `first`: it comes after the first of those lines.
    - `grows`: the number in the group `n` grows by `number` from line to line; if that is
      None, it never falls.
    - `exactly`, `at-least`: `number` lines match, for each text of the named groups.
    - `never`: no line matches.
    - `any-order`: the lines that match, at least two, may be in any order.
    """

    says: str
    kind: GuaranteeKind
    patterns: tuple[str, ...]
    number: int | None = None
    stream: Stream = "stdout"


Grade = Literal["expected", "surprising", "forbidden"]
GRADES = ("expected", "surprising", "forbidden")
SAMPLE_TITLE = re.compile(r"#: outcomes of (\d+) runs? on Python ([\d.]+\w*), (\d+) cores?$")
COUNT_MARK = "#="


@dataclass(frozen=True, slots=True)
class Outcome:
    """One possible outcome of a racy program.

    `pattern` is searched in the whole output, with `^` and `$` matching at each line. `hangs`
    is the time in seconds after which the program counts as hanging and is stopped. `raises`
    is the name of the exception that ends it.
    """

    name: str
    grade: Grade
    says: str
    pattern: str = ""
    hangs: float | None = None
    raises: str | None = None

    def is_shown_in(self, printed: str) -> bool:
        """Return True if the output `printed` matches the outcome's pattern."""
        return bool(re.search(self.pattern, printed, re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Sample:
    """How often each outcome occurred in a number of runs on one interpreter."""

    runs: int
    python: str
    cores: int
    counts: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        cores = f"{self.cores} core{'' if self.cores == 1 else 's'}"
        title = f"#: outcomes of {self.runs} runs on Python {self.python}, {cores}"
        return "\n".join([title, *(f"{COUNT_MARK} {n} {name}" for name, n in self.counts)]) + "\n"

    def count(self, name: str) -> int:
        """Return how often the outcome `name` occurred."""
        return dict(self.counts).get(name, 0)


_SPEEDUP = re.compile(r"speedup over (\S+)$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A measure of a run, and the bounds within which it must lie.

    `measure` is one of MEASURE_NAMES, `speedup over NAME` (the duration of that snippet's run
    divided by this one's), or any name together with `printed`: a pattern whose first group
    matches a number, with its unit, in a line of the output.
    """

    measure: str
    minimum: float | None = None
    maximum: float | None = None
    printed: str | None = None


def find_compared_snippet(measure: str) -> str | None:
    """Return the snippet NAME in the measure `speedup over NAME`, None in any other."""
    match = _SPEEDUP.match(measure)
    return match[1] if match else None


# The measures of claims, besides `speedup over NAME` and printed numbers.
MEASURE_NAMES = (
    *("seconds", "cpu-seconds", "cores-used", "memory", "lines", "workers", "overlap"),
    *("processes", "threads", "tasks", "coroutines", "generators"),
)
