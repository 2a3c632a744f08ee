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

Tie = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Match:
    number: int
    text: str
    groups: dict[str, str]

    def tie(self, names: Sequence[str]) -> Tie:
        return tuple((name, self.groups[name]) for name in names)

    def __str__(self) -> str:
        return f"line {self.number} {self.text!r}"


def find_violation(guarantee: Guarantee, lines: Sequence[str], *, whole: bool = True) -> str:
    """Return how `lines` break `guarantee`, "" if they do not.

    `lines` are all lines of one stream. `whole` is False for a run that hung, in which lines
    may be missing.
    """
    found = [list(_find_matches(pattern, lines)) for pattern in guarantee.patterns]
    match guarantee.kind:
        case "never":
            return f"{found[0][0]} was printed" if found[0] else ""
        case "exactly" | "at-least":
            return _find_count_violation(guarantee, found[0], whole)
        case "any-order":
            few = whole and len(found[0]) < 2
            return f"fewer than two lines match {guarantee.patterns[0]!r}" if few else ""
    for pattern, matches in zip(guarantee.patterns, found, strict=True):
        if whole and not matches:
            return f"no line matches {pattern!r}"
    if guarantee.kind == "grows":
        return _find_growth_violation(guarantee, found[0])
    pairs = pairwise(found)
    return next(filter(None, (_find_order_violation(guarantee.kind, *pair) for pair in pairs)), "")


def _find_matches(pattern: str, lines: Sequence[str]) -> Iterator[_Match]:
    for number, text in enumerate(lines, 1):
        if match := re.search(pattern, text):
            groups = {name: value or "" for name, value in match.groupdict().items()}
            yield _Match(number, text, groups)


def _find_order_violation(kind: GuaranteeKind, before: list[_Match], after: list[_Match]) -> str:
    if not before or not after:
        return ""
    names = [name for name in after[0].groups if name in before[0].groups]
    bounds: dict[Tie, _Match] = {}
    for one in before:
        if kind == "order":
            bounds[one.tie(names)] = one
        else:
            bounds.setdefault(one.tie(names), one)
    for one in after:
        bound = bounds.get(one.tie(names))
        if bound is None:
            return f"{one} has no line of its own that comes first"
        if bound.number > one.number:
            return f"{one} comes before {bound}"
    return ""


def _find_growth_violation(guarantee: Guarantee, found: list[_Match]) -> str:
    names = [name for name in _group_names(guarantee) if name != COUNT_GROUP]
    last: dict[Tie, _Match] = {}
    for one in found:
        before = last.get(one.tie(names))
        if before is not None:
            step = int(one.groups[COUNT_GROUP]) - int(before.groups[COUNT_GROUP])
            if step != guarantee.number if guarantee.number is not None else step < 0:
                return f"from {before} to {one} it grows by {step}"
        last[one.tie(names)] = one
    return ""


def _find_count_violation(guarantee: Guarantee, found: list[_Match], whole: bool) -> str:
    names = _group_names(guarantee)
    counts = Counter(one.tie(names) for one in found)
    if not names or (not counts and whole):
        counts[()] = len(found)
    for tie, count in counts.items():
        wanted = guarantee.number or 0
        if (guarantee.kind == "exactly" and count > wanted) or (whole and count < wanted):
            return f"{count} lines match{_describe_groups(tie)}, not {wanted}"
    return ""


def _describe_groups(tie: Tie) -> str:
    return f" for {', '.join(f'{name} = {text!r}' for name, text in tie)}" if tie else ""


def _group_names(guarantee: Guarantee) -> list[str]:
    return list(re.compile(guarantee.patterns[0]).groupindex)
