"""Parse and write one file of `snippets/`: head, program, recorded output, outcomes seen."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from packaging.specifiers import SpecifierSet

from .claims import Claim
from .guarantees import Guarantee
from .head import Order, SnippetError, head_of
from .outcomes import MARK, TITLE, Outcome, Sample
from .run import Stream
from .whole import write_whole

__all__ = ["Order", "Recording", "Snippet", "SnippetError", "SnippetPath", "parse", "version"]

Language = Literal["python", "zsh"]

LANGUAGES: dict[str, Language] = {".py": "python", ".zsh": "zsh"}

SUPPORTED = ("3.11", "3.12", "3.13", "3.14", "3.15")  # the versions that snippets are recorded on
REFERENCE = "3.11"  # the version whose output is under a plain `#: output`

_OPENING = "# /// script"
_CLOSING = "# ///"
_SECTION = re.compile(r"#: out(put|comes)\b")
_OUTPUT = re.compile(r"#: output(?: on Python (\d+\.\d+))?$")
_MARKS: dict[str, Stream] = {"#>": "stdout", "#!": "stderr"}
_MARKS_TOLD = "'#> ' (output) or '#! ' (error)"


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
        mark = {stream: mark for mark, stream in _MARKS.items()}
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


def parse(text: str, path: Path, name: str) -> Snippet:
    """The snippet in `text`, called `name`, as it stands in the file `path`.

    Raises SnippetError, which names the file and the line, where the text is
    not a snippet.
    """
    program = split(text, path)
    head = program.head.splitlines()
    fields = head_of([line.rstrip() for line in head[:-1]], path)
    if not program.code.strip():
        raise SnippetError(path, len(head) + 1, "there is no program under the head")
    return Snippet(
        name=name,
        path=path,
        head=program.head,
        code=program.code,
        language=LANGUAGES[path.suffix],
        **_sections(program, fields["outcomes"]),
        **fields,
    )


def split(text: str, path: Path) -> Program:
    """The parts of the file `path`, which has this `text`. Raises SnippetError without a head."""
    lines = text.splitlines(keepends=True)
    bare = [line.rstrip() for line in lines]
    if not bare or bare[0] != _OPENING:
        raise SnippetError(path, 1, f"the first line must be {_OPENING!r}")
    try:
        closing = bare.index(_CLOSING)
    except ValueError:
        raise SnippetError(path, 1, f"the head never ends: no line {_CLOSING!r}") from None
    opening = next((n for n in range(closing + 1, len(bare)) if _SECTION.match(bare[n])), len(bare))
    code = "".join(lines[closing + 1 : opening])
    return Program(
        path=path,
        head="".join(lines[: closing + 1]),
        code=code if code.endswith("\n") else code + "\n",
        below="".join(lines[opening:]),
    )


def _sections(program: Program, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """What stands below the program: recordings, and samples of outcomes."""
    path = program.path
    above = len((program.head + program.code).splitlines())
    recordings: dict[str | None, list[tuple[Stream, str]]] = {}
    samples: dict[str, tuple[re.Match[str], list[tuple[str, int]]]] = {}
    known = {outcome.name for outcome in outcomes}
    printed: list[tuple[Stream, str]] | None = None
    counts: list[tuple[str, int]] | None = None
    for number, text in enumerate(program.below.splitlines(), above + 1):
        line = text.rstrip()
        if title := _OUTPUT.match(line):
            if title[1] in recordings:
                raise SnippetError(path, number, f"a second {line[3:]!r}")
            printed, counts = recordings.setdefault(title[1], []), None
        elif title := TITLE.match(line):
            python = version(title[2])
            if python in samples:
                raise SnippetError(path, number, f"a second count of outcomes on Python {python}")
            printed, counts = None, []
            samples[python] = title, counts
        elif printed is not None and line[:2] in _MARKS and line[2:3] in ("", " "):
            printed.append((_MARKS[line[:2]], line[3:]))
        elif counts is not None and (count := re.match(rf"{MARK} (\d+) (.+)$", line)):
            if count[2] not in known:
                raise SnippetError(path, number, f"no outcome of the head is called {count[2]!r}")
            counts.append((count[2], int(count[1])))
        elif line:
            section = "#: outcomes" if counts is not None else "#: output"
            marks = "'#= ' (count and outcome)" if counts is not None else _MARKS_TOLD
            raise SnippetError(path, number, f"below '{section}' a line begins with {marks}")
    return {
        "recordings": tuple(Recording(tuple(lines), one) for one, lines in recordings.items()),
        "samples": tuple(
            Sample(int(title[1]), title[2], int(title[3]), tuple(counts))
            for title, counts in samples.values()
        ),
    }


def version(python: str = sys.version.split()[0]) -> str:
    """The feature version, "3.12", of a full one, "3.12.1"; this interpreter's if none."""
    return ".".join(python.split(".")[:2])


def in_order(python: str) -> tuple[int, ...]:
    """What to sort versions by: 3.9 comes before 3.10."""
    return tuple(map(int, version(python).split(".")))


class SnippetPath(type(Path())):  # type: ignore[misc] # the base is known at run time only
    """A path whose `write_text` writes beside the file and renames.

    Whoever writes a snippet (pytest-examples too) leaves the old file or the
    new one, never half of one.
    """

    def read_text(self, *_: Any, **__: Any) -> str:
        """The file, decoded as UTF-8 on every platform."""
        text: str = super().read_text(encoding="utf-8")
        return text

    def write_text(self, data: str, *_: Any, **__: Any) -> int:
        """Replace the file as one step; returns the number of characters."""
        for left in self.parent.glob(".*.*.[0-9]*"):
            if _abandoned(left):
                left.unlink(missing_ok=True)
        write_whole(self, data)
        return len(data)


def _abandoned(path: Path) -> bool:
    """Whether the process that wrote `path` beside a file was killed: a write takes no time."""
    try:
        if time.time() - path.stat().st_mtime > 60:
            return True
        if os.name == "posix":
            os.kill(int(path.suffix[1:]), 0)  # signal 0 only asks, kill(2)
    except (FileNotFoundError, PermissionError, ValueError):
        return False
    except ProcessLookupError:
        return True
    return False
