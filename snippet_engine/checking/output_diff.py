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
    snippet: Snippet, was: Iterable[tuple[Stream, str]], now: Iterable[tuple[Stream, str]]
) -> StreamDifferences:
    """Return the streams in which two outputs differ, with the lines of both sides.

    Lines are masked, and sorted if `snippet` allows another order. The streams are compared
    separately: they are two pipes, so the order between them is unknown.
    """
    was, now = list(was), list(now)
    found: list[tuple[Stream, tuple[str, ...], tuple[str, ...]]] = []
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    for stream in streams:
        old, new = (
            normalize_lines([text for kind, text in lines if kind == stream], snippet.mask)
            for lines in (was, now)
        )
        if not _lines_agree(snippet, old, new):
            if snippet.lines != "in-order":
                old, new = sorted(old), sorted(new)
            found.append((stream, tuple(old), tuple(new)))
    return tuple(found)


def diff_outputs(
    snippet: Snippet,
    was: Iterable[tuple[Stream, str]],
    now: Iterable[tuple[Stream, str]],
    names: tuple[str, str] = ("recorded", "printed"),
) -> str:
    """Return a unified diff of two outputs, "" if they agree by the snippet's rules.

    `names` are the titles of the two sides.
    """
    return format_diff(find_differences(snippet, was, now), names)


def format_diff(sides: StreamDifferences, names: tuple[str, str] = ("recorded", "printed")) -> str:
    lines: list[str] = []
    for stream, old, new in sides:
        before, after = (f"{name} {stream}" for name in names)
        lines += difflib.unified_diff(old, new, before, after, lineterm="")
    return "\n".join(lines)


def _lines_agree(snippet: Snippet, was: Sequence[str], now: Sequence[str]) -> bool:
    if snippet.lines == "each-kind":
        return set(was) == set(now)
    if not snippet.stop_after:
        return sorted(was) == sorted(now) if snippet.lines == "any-order" else was == now
    # The program was stopped at an arbitrary point: compare what both runs had time to print.
    if not was or not now:
        return was == now
    if snippet.lines == "in-order":
        common = min(len(was), len(now))
        return was[:common] == now[:common]
    shorter, longer = sorted((Counter(was), Counter(now)), key=Counter.total)
    return shorter <= longer
