"""Check of guarantees: the order and number of lines that every run must keep.

A guarantee is a partial order over lines that match patterns. Equal text in the named groups
of patterns ties lines together, as variables do in LLVM FileCheck
(https://llvm.org/docs/CommandGuide/FileCheck.html).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from snippet_engine.snippet.model import COUNT_GROUP, Guarantee, GuaranteeKind

GroupTexts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Match:
    """A line that matches a pattern, with the text of the pattern's named groups."""

    number: int
    text: str
    groups: dict[str, str]

    def get_texts(self, names: Sequence[str]) -> GroupTexts:
        """Return the text of each of the groups `names`, which ties lines together."""
        return tuple((name, self.groups[name]) for name in names)

    def __str__(self) -> str:
        return f"line {self.number} {self.text!r}"


def find_violation(guarantee: Guarantee, lines: Sequence[str], *, is_complete: bool = True) -> str:
    """Return how `lines` break `guarantee`, "" if they do not.

    `lines` are all lines of one stream. `is_complete` is False for a run that hung, in which
    lines may be missing.
    """
    matches = [list(_find_matches(pattern, lines)) for pattern in guarantee.patterns]
    match guarantee.kind:
        case "never":
            return f"{matches[0][0]} was printed" if matches[0] else ""
        case "exactly" | "at-least":
            return _find_count_violation(guarantee, matches[0], is_complete)
        case "any-order":
            too_few = is_complete and len(matches[0]) < 2
            return f"fewer than two lines match {guarantee.patterns[0]!r}" if too_few else ""
    for pattern, of_pattern in zip(guarantee.patterns, matches, strict=True):
        if is_complete and not of_pattern:
            return f"no line matches {pattern!r}"
    if guarantee.kind == "grows":
        return _find_growth_violation(guarantee, matches[0])
    violations = (_find_order_violation(guarantee.kind, *pair) for pair in pairwise(matches))
    return next(filter(None, violations), "")


def _find_matches(pattern: str, lines: Sequence[str]) -> Iterator[_Match]:
    for number, text in enumerate(lines, 1):
        if match := re.search(pattern, text):
            groups = {name: value or "" for name, value in match.groupdict().items()}
            yield _Match(number, text, groups)


def _find_order_violation(kind: GuaranteeKind, before: list[_Match], after: list[_Match]) -> str:
    if not before or not after:
        return ""
    names = [name for name in after[0].groups if name in before[0].groups]
    bounds: dict[GroupTexts, _Match] = {}
    for match in before:
        if kind == "order":
            bounds[match.get_texts(names)] = match
        else:
            bounds.setdefault(match.get_texts(names), match)
    for match in after:
        bound = bounds.get(match.get_texts(names))
        if bound is None:
            return f"no line that belongs to {match} comes before it"
        if bound.number > match.number:
            return f"{match} comes before {bound}"
    return ""


def _find_growth_violation(guarantee: Guarantee, matches: list[_Match]) -> str:
    names = [name for name in _find_group_names(guarantee) if name != COUNT_GROUP]
    last: dict[GroupTexts, _Match] = {}
    for match in matches:
        texts = match.get_texts(names)
        before = last.get(texts)
        if before is not None:
            step = int(match.groups[COUNT_GROUP]) - int(before.groups[COUNT_GROUP])
            if step != guarantee.number if guarantee.number is not None else step < 0:
                return f"from {before} to {match} it grows by {step}"
        last[texts] = match
    return ""


def _find_count_violation(guarantee: Guarantee, matches: list[_Match], is_complete: bool) -> str:
    names = _find_group_names(guarantee)
    counts = Counter(match.get_texts(names) for match in matches)
    if not names or (not counts and is_complete):
        counts[()] = len(matches)
    for texts, count in counts.items():
        expected = guarantee.number or 0
        if (guarantee.kind == "exactly" and count > expected) or (is_complete and count < expected):
            return f"{count} lines match{_describe_groups(texts)}, not {expected}"
    return ""


def _describe_groups(texts: GroupTexts) -> str:
    return f" for {', '.join(f'{name} = {text!r}' for name, text in texts)}" if texts else ""


def _find_group_names(guarantee: Guarantee) -> list[str]:
    return list(re.compile(guarantee.patterns[0]).groupindex)
