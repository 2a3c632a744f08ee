"""Differences between runs of a program, and keys for its head that allow them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from snippet_engine.checking.masks import apply_masks
from snippet_engine.checking.output_diff import find_differences
from snippet_engine.run import Run, Stream
from snippet_engine.snippet.model import Snippet

Output = list[tuple[Stream, str]]
Masks = tuple[tuple[str, str], ...]

MAX_LINES_SHOWN = 5  # most lines that a message quotes
MAX_CONTEXT = 20  # most characters before and after a part that varies in the mask for it
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Variation:
    """The lines that differ between runs, and the remedy.

    Each of `lines` has its stream, its number, and its text in each run, None if that run has
    no such line.
    """

    lines: tuple[tuple[Stream, int, tuple[str | None, ...]], ...]
    hint: str

    def __str__(self) -> str:
        parts = ["its output varies from run to run, so nothing is written"]
        for stream, number, texts in self.lines[:MAX_LINES_SHOWN]:
            parts.append(f"  {stream}, line {number}")
            for run, text in enumerate(texts, 1):
                parts.append(f"    run {run}: {'(none)' if text is None else text}")
        if (more := len(self.lines) - MAX_LINES_SHOWN) > 0:
            parts.append(f"  and {more} more")
        return "\n".join([*parts, f"Hint: {self.hint}"])


def find_variation(snippet: Snippet, runs: Sequence[Run]) -> Variation | None:
    """Return the differences between `runs` that the snippet's head does not allow.

    It is None if there are none, or if the snippet has `outcomes`, whose lines are not
    compared.
    """
    outputs = [[(line.stream, line.text) for line in run.lines] for run in runs]
    if snippet.outcomes or _outputs_agree(snippet, outputs):
        return None
    return Variation(tuple(_find_varying_lines(snippet, outputs)), _suggest_hint(snippet, outputs))


def _outputs_agree(snippet: Snippet, outputs: Sequence[Output]) -> bool:
    first, *others = outputs
    return not any(find_differences(snippet, first, other) for other in others)


def _find_varying_lines(
    snippet: Snippet, outputs: Sequence[Output]
) -> Iterator[tuple[Stream, int, tuple[str | None, ...]]]:
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    for stream in streams:
        texts = [[text for kind, text in output if kind == stream] for output in outputs]
        if snippet.lines != "in-order":
            texts = [sorted(lines, key=_replace_numbers) for lines in texts]
        for number, row in enumerate(zip_longest(*texts), 1):
            if len({None if text is None else apply_masks(text, snippet.mask) for text in row}) > 1:
                yield stream, number, row


def _replace_numbers(text: str) -> str:
    return _NUMBER.sub("0", text)


def _suggest_hint(snippet: Snippet, outputs: Sequence[Output]) -> str:
    """Return advice on how to make the outputs agree.

    Keys for the head are suggested only if the outputs agree with them; otherwise the advice
    is to change the program or to declare its outcomes.
    """
    for order in dict.fromkeys((snippet.lines, "any-order", "each-kind")):
        ordered = replace(snippet, lines=order)
        rows = [row for _, _, row in _find_varying_lines(ordered, outputs)]
        masks = tuple(dict.fromkeys(mask for row in rows for mask in _suggest_masks(row)))
        keys = [] if order == snippet.lines else [f'lines = "{order}"']
        if _outputs_agree(ordered, outputs):
            return _describe_keys(keys)
        if masks and _outputs_agree(replace(ordered, mask=(*snippet.mask, *masks)), outputs):
            return _describe_keys([*keys, f"mask = {_format_masks((*snippet.mask, *masks))}"])
    if all(map(_is_reordered, (row for _, _, row in _find_varying_lines(snippet, outputs)))):
        return "only the order of the parts varies; have the program print them sorted"
    return (
        "have the program print the same in each run, or declare its possible outcomes "
        "under [[tool.snippet.outcomes]]"
    )


def _describe_keys(keys: Iterable[str]) -> str:
    return f"write {' and '.join(keys)} under [tool.snippet]"


def _suggest_masks(row: tuple[str | None, ...]) -> Iterator[tuple[str, str]]:
    """Yield masks for the parts of a line that vary; none if these are plain words."""
    texts = [text for text in row if text is not None]
    if len(texts) < len(row):
        return
    pieces = [_NUMBER.split(text) for text in texts]
    if len({tuple(part[::2]) for part in pieces}) == 1:  # equal except for numbers
        for at in range(1, len(pieces[0]), 2):
            if len({part[at] for part in pieces}) > 1:
                are_whole = all(part[at].isdigit() for part in pieces)
                number = r"\d+" if are_whole else r"[\d.]+"
                yield _build_mask(pieces[0][at - 1], number, pieces[0][at + 1], "number")
        return
    reversed_texts = [text[::-1] for text in texts]
    before, after = _find_common_start(texts), _find_common_start(reversed_texts)[::-1]
    parts = [text[len(before) : len(text) - len(after)] for text in texts]
    if all(re.fullmatch(r"\S*\d\S*", part) for part in parts):
        are_hexadecimal = all(re.fullmatch(r"[0-9a-f]+", part) for part in parts)
        yield _build_mask(before, "[0-9a-f]+" if are_hexadecimal else r"\S+", after, "id")


def _find_common_start(texts: Sequence[str]) -> str:
    """Return the longest common prefix of `texts` that does not end inside a word."""
    length = 0
    for letters in zip(*texts, strict=False):
        if len(set(letters)) > 1:
            break
        length += 1
    return re.sub(r"\w+$", "", texts[0][:length])


def _build_mask(before: str, part: str, after: str, name: str) -> tuple[str, str]:
    start = f"(?<={_escape_literal(before[-MAX_CONTEXT:])})" if before else "^"
    end = f"(?={_escape_literal(after[:MAX_CONTEXT])})" if after else "$"
    return f"{start}{part}{end}", name


def _escape_literal(text: str) -> str:
    """Return a pattern for `text` that contains no single quote, as TOML requires."""
    return re.escape(text).replace(r"\ ", " ").replace("'", ".")


def _format_masks(masks: Masks) -> str:
    pairs = (f"['{pattern}', \"{name}\"]" for pattern, name in masks)
    return f"[{', '.join(pairs)}]"


def _is_reordered(row: tuple[str | None, ...]) -> bool:
    """Return True if the texts of a row consist of the same words in any order."""
    words = {None if text is None else tuple(sorted(re.findall(r"\w+", text))) for text in row}
    return len(words) == 1
