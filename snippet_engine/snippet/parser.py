"""Parser of a file of `snippets/`: head, program, recordings and samples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from snippet_engine.errors import SnippetError
from snippet_engine.run import Stream
from snippet_engine.snippet.metadata import parse_head
from snippet_engine.snippet.model import (
    COUNT_MARK,
    LANGUAGES,
    SAMPLE_TITLE,
    STREAM_MARKS,
    Outcome,
    Recording,
    Sample,
    Snippet,
    SourceParts,
)
from snippet_engine.snippet.versions import get_feature_version

_OPENING = "# /// script"
_CLOSING = "# ///"
_SECTION = re.compile(r"#: out(put|comes)\b")
_OUTPUT = re.compile(r"#: output(?: on Python (\d+\.\d+))?$")
_STREAM_MARKS_TEXT = "'#> ' (output) or '#! ' (error)"


def parse_snippet(text: str, path: Path, name: str) -> Snippet:
    """Return the snippet `name` from the `text` of its file `path`.

    Raises SnippetError, with file and line, if the text is not a valid snippet.
    """
    program = split_source(text, path)
    head = program.head.splitlines()
    fields = parse_head([line.rstrip() for line in head[:-1]], path)
    if not program.code.strip():
        raise SnippetError(
            path, len(head) + 1, "no program follows the head; write it below the line '# ///'"
        )
    return Snippet(
        name=name,
        path=path,
        head=program.head,
        code=program.code,
        language=LANGUAGES[path.suffix],
        **_parse_sections(program, fields["outcomes"]),
        **fields,
    )


def split_source(text: str, path: Path) -> SourceParts:
    """Return the parts of the file `path`, whose content is `text`.

    Raises SnippetError if it does not begin with a head.
    """
    lines = text.splitlines(keepends=True)
    stripped = [line.rstrip() for line in lines]
    if not stripped or stripped[0] != _OPENING:
        raise SnippetError(path, 1, f"the first line must be {_OPENING!r}")
    try:
        closing = stripped.index(_CLOSING)
    except ValueError:
        raise SnippetError(
            path, 1, f"the head has no end; add a line {_CLOSING!r} below it"
        ) from None
    numbers = range(closing + 1, len(lines))
    opening = next((n for n in numbers if _SECTION.match(stripped[n])), len(lines))
    code = "".join(lines[closing + 1 : opening])
    return SourceParts(
        path=path,
        head="".join(lines[: closing + 1]),
        code=code if code.endswith("\n") else code + "\n",
        sections="".join(lines[opening:]),
    )


def _parse_sections(program: SourceParts, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Return the recordings and samples below the program, as fields of a Snippet.

    Raises SnippetError if a line is not valid there.
    """
    path = program.path
    first = len((program.head + program.code).splitlines())
    recordings: dict[str | None, list[tuple[Stream, str]]] = {}
    samples: dict[str, tuple[re.Match[str], list[tuple[str, int]]]] = {}
    known = {outcome.name for outcome in outcomes}
    printed: list[tuple[Stream, str]] | None = None
    counts: list[tuple[str, int]] | None = None
    for number, text in enumerate(program.sections.splitlines(), first + 1):
        line = text.rstrip()
        if title := _OUTPUT.match(line):
            if title[1] in recordings:
                raise SnippetError(
                    path, number, f"a second section {line[3:]!r}; remove one of them"
                )
            printed, counts = recordings.setdefault(title[1], []), None
        elif title := SAMPLE_TITLE.match(line):
            python = get_feature_version(title[2])
            if python in samples:
                message = f"a second sample of outcomes on Python {python}; remove one of them"
                raise SnippetError(path, number, message)
            printed, counts = None, []
            samples[python] = title, counts
        elif printed is not None and line[:2] in STREAM_MARKS and line[2:3] in ("", " "):
            printed.append((STREAM_MARKS[line[:2]], line[3:]))
        elif counts is not None and (count := re.match(rf"{COUNT_MARK} (\d+) (.+)$", line)):
            if count[2] not in known:
                message = (
                    f"unknown outcome {count[2]!r}; declare it in the head, or remove the line"
                )
                raise SnippetError(path, number, message)
            counts.append((count[2], int(count[1])))
        elif line:
            section = "#: outcomes" if counts is not None else "#: output"
            marks = "'#= ' (count and outcome)" if counts is not None else _STREAM_MARKS_TEXT
            message = f"unexpected line below '{section}'; begin it with {marks}"
            raise SnippetError(path, number, message)
    return {
        "recordings": tuple(
            Recording(tuple(lines), python) for python, lines in recordings.items()
        ),
        "samples": tuple(
            Sample(int(title[1]), title[2], int(title[3]), tuple(counts))
            for title, counts in samples.values()
        ),
    }
