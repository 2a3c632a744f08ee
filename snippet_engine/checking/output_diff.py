"""Differences between two outputs, compared by the rules of a snippet's head."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from snippet_engine.checking.masks import normalize_lines
from snippet_engine.run import Stream
from snippet_engine.snippet.model import Snippet

StreamDifferences = tuple[tuple[Stream, tuple[str, ...], tuple[str, ...]], ...]


def find_differences(
    snippet: Snippet, old: Iterable[tuple[Stream, str]], new: Iterable[tuple[Stream, str]]
) -> StreamDifferences:
    """Return the streams in which two outputs differ, with the lines of both sides.

    Lines are masked, and sorted if `snippet` allows another order. The streams are compared
    separately: they are two pipes, so the order between them is unknown.
    """
    outputs = list(old), list(new)
    differences: list[tuple[Stream, tuple[str, ...], tuple[str, ...]]] = []
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    for stream in streams:
        old_lines, new_lines = (
            normalize_lines([text for kind, text in output if kind == stream], snippet.mask)
            for output in outputs
        )
        if not _lines_agree(snippet, old_lines, new_lines):
            if snippet.lines != "in-order":
                old_lines, new_lines = sorted(old_lines), sorted(new_lines)
            differences.append((stream, tuple(old_lines), tuple(new_lines)))
    return tuple(differences)


def diff_outputs(
    snippet: Snippet,
    old: Iterable[tuple[Stream, str]],
    new: Iterable[tuple[Stream, str]],
    names: tuple[str, str] = ("recorded", "printed"),
) -> str:
    """Return a unified diff of two outputs, "" if they agree by the snippet's rules.

    `names` are the titles of the two sides.
    """
    return format_diff(find_differences(snippet, old, new), names)


def format_diff(
    differences: StreamDifferences, names: tuple[str, str] = ("recorded", "printed")
) -> str:
    """Return a unified diff of the streams that differ; `names` are the titles of the sides."""
    lines: list[str] = []
    for stream, old, new in differences:
        old_title, new_title = (f"{name} {stream}" for name in names)
        lines += difflib.unified_diff(old, new, old_title, new_title, lineterm="")
    return "\n".join(lines)


def _lines_agree(snippet: Snippet, old: Sequence[str], new: Sequence[str]) -> bool:
    if snippet.lines == "each-kind":
        return set(old) == set(new)
    if not snippet.stop_after:
        return sorted(old) == sorted(new) if snippet.lines == "any-order" else old == new
    # The program was stopped at an arbitrary point: compare what both runs had time to print.
    if not old or not new:
        return old == new
    if snippet.lines == "in-order":
        common = min(len(old), len(new))
        return old[:common] == new[:common]
    shorter, longer = sorted((Counter(old), Counter(new)), key=Counter.total)
    return shorter <= longer
