"""Splitting of output lines that threads printed into each other."""

from __future__ import annotations

from collections.abc import Collection

from snippet_engine.checking.masks import apply_masks
from snippet_engine.run import Line
from snippet_engine.snippet.model import Recording, Snippet


def mend_lines(snippet: Snippet, recording: Recording, lines: Collection[Line]) -> tuple[Line, ...]:
    """Return the lines as the threads of `snippet` printed them.

    `print` writes a text and then its line end. Another thread may print
    between the two: "AB" and an empty line instead of "A" and "B".
    """
    if snippet.lines == "in-order":
        return tuple(lines)
    known = {(stream, apply_masks(text, snippet.mask)) for stream, text in recording.lines}
    mended: list[Line] = []
    missing_ends = 0  # line ends that are still to come
    for line in lines:
        if not line.text and missing_ends:
            missing_ends -= 1
            continue
        pieces = _split(snippet, known, line)
        missing_ends += len(pieces) - 1
        mended += [Line(line.at, line.stream, piece) for piece in pieces]
    return tuple(mended)


def _split(snippet: Snippet, known: Collection[tuple[str, str]], line: Line) -> list[str]:
    """Return the recorded lines that `line` consists of, or else `line` itself."""
    if (line.stream, apply_masks(line.text, snippet.mask)) in known:
        return [line.text]
    for at in range(1, len(line.text)):
        if (line.stream, apply_masks(line.text[:at], snippet.mask)) in known:
            rest = _split(snippet, known, Line(line.at, line.stream, line.text[at:]))
            if all((line.stream, apply_masks(piece, snippet.mask)) in known for piece in rest):
                return [line.text[:at], *rest]
    return [line.text]
