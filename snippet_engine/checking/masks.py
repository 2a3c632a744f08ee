"""Masks for the parts of output that vary, such as addresses, for comparing lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

# Text that differs between runs or machines in any program. The order matters: the first
# pattern that matches a part of a line names it.
BUILT_IN_MASKS: tuple[tuple[str, str], ...] = (
    # zsh's TIMEFMT: https://zsh.sourceforge.io/Doc/Release/Parameters.html
    (r"[\d.]+s user [\d.]+s system \d+% cpu [\d:.]+ total", "time"),
    (r"(?<![\w.])\d+\.\d+(?:e-?\d+)? ?(?:s|ms|µs|us|ns|seconds)\b", "duration"),
    (r"\b0x[0-9a-fA-F]{6,16}\b", "address"),
    (r"(?<=[( ]started )(?:daemon )?\d+", "thread id"),
    (r"(?i:(?<=\bpid[ =])|(?<=\bpid: )|(?<=\bpid=)|(?<=parent=))\d+", "process id"),
    (r'(?<=File ")/[^"\n]+", line \d+', "path"),
    (r"(?<![\w./])/python/[\w./+-]+:\d+(?=: )", "path"),
    (r"(?<![\w./])(?:/[\w.@+-]+){2,}/?", "path"),
    # Paths on Windows.
    (r'(?<=File ")[A-Za-z]:\\[^"\n]+", line \d+', "path"),
    (r"(?<!\w)[A-Za-z]:(?:\\[\w.@+~-]+){2,}\\?", "path"),
)

# Frames of the standard library in a traceback, and warnings raised in it. The file, line,
# source text and carets of both change with patch releases of Python.
_LIBRARY_FRAME = re.compile(r'(?P<indent>.*?)File "(?:/python/|<frozen )[^"]*", line \d+')
_LIBRARY_WARNING = re.compile(r"(?P<indent>)/python/[\w./+-]+:\d+: \w*Warning: ")
LIBRARY_LABEL = "standard library"  # the name that replaces such lines


def find_masked_spans(
    text: str, masks: Iterable[tuple[str, str]] = ()
) -> list[tuple[int, int, str]]:
    """Return the parts of `text` that may vary as (start, end, name).

    They are sorted and do not overlap. `masks` take precedence over the built-in masks.
    """
    spans: list[tuple[int, int, str]] = []
    for pattern, name in (*masks, *BUILT_IN_MASKS):
        for match in re.finditer(pattern, text):
            start, end = match.span()
            if start < end and all(end <= a or b <= start for a, b, _ in spans):
                spans.append((start, end, name))
    return sorted(spans)


def apply_masks(text: str, masks: Iterable[tuple[str, str]] = ()) -> str:
    """Return `text` with each part that may vary replaced by its name: "<address>".

    Trailing white space is removed.
    """
    for start, end, name in reversed(find_masked_spans(text, masks)):
        text = f"{text[:start]}<{name}>{text[end:]}"
    return text.rstrip()


def find_library_lines(texts: Sequence[str]) -> list[bool]:
    """Return for each line whether it is part of a standard library frame or warning.

    The first line of a warning is not: it contains the message.
    """
    is_library: list[bool] = []
    indent: str | None = None
    for text in texts:
        if frame := _LIBRARY_FRAME.match(text):
            indent = frame["indent"]
            is_library.append(True)
        elif indent is not None and text.startswith(f"{indent}  "):
            is_library.append(True)
        else:
            indent = "" if _LIBRARY_WARNING.match(text) else None
            is_library.append(False)
    return is_library


def normalize_lines(texts: Sequence[str], masks: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Return the lines of one stream in the form in which they are compared.

    Parts that may vary are masked, and adjacent standard library lines become one line.
    """
    masks = tuple(masks)
    lines: list[str] = []
    for in_library, group in groupby(
        zip(find_library_lines(texts), texts, strict=True), itemgetter(0)
    ):
        if in_library:
            lines.append(f"<{LIBRARY_LABEL}>")
        else:
            lines += [apply_masks(text, masks) for _, text in group]
    return lines
