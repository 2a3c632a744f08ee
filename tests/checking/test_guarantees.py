"""Guarantees: the order and number of lines in every run."""

from __future__ import annotations

import pytest

from snippet_engine.checking.guarantees import find_violation
from snippet_engine.snippet.model import Guarantee, GuaranteeKind

START_AND_END = (r"start (?P<name>\w)", r"end (?P<name>\w)")


def is_kept(
    kind: GuaranteeKind, patterns: str | tuple[str, ...], lines: str, number: int | None = None
) -> bool:
    """Return True if `lines`, written with slashes between them, keep such a guarantee."""
    several = (patterns,) if isinstance(patterns, str) else patterns
    return not find_violation(Guarantee("A guarantee.", kind, several, number), lines.split("/"))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("start A/end A/start B/end B", True),
        ("start A/start B/end B/end A", True),
        ("start A/start B/end A", True),  # B has not ended yet
        ("end A/start A", False),
        ("start A/end B", False),
        ("start A/end A/start A", False),  # each start must come before the end
        ("nothing of the kind", False),
        ("start A", False),  # a pattern that nothing matches promises nothing
    ],
)
def test_order_applies_to_lines_tied_by_a_group(lines: str, kept: bool) -> None:
    assert is_kept("order", START_AND_END, lines) is kept


def test_order_without_a_common_group_applies_to_all_lines() -> None:
    assert is_kept("order", ("work", "done"), "work/work/done")
    assert not is_kept("order", ("work", "done"), "work/done/work")


def test_each_of_three_patterns_follows_the_one_before() -> None:
    chain = (r"put (?P<n>\d)", r"get (?P<n>\d)", r"done (?P<n>\d)")
    assert is_kept("order", chain, "put 1/put 2/get 2/get 1/done 1/done 2")
    assert not is_kept("order", chain, "put 1/done 1/get 1")


def test_first_requires_only_the_first_line_to_come_first() -> None:
    assert is_kept("first", ("put", "got"), "put/got/put/got")
    assert not is_kept("first", ("put", "got"), "got/put")


@pytest.mark.parametrize(
    ("by", "lines", "kept"),
    [
        (1, "a 1/b 5/a 2/b 6", True),
        (1, "a 1/a 3", False),
        (1, "a 1/a 1", False),
        (-1, "a 3/a 2", True),
        (None, "a 1/a 1/a 7", True),
        (None, "a 2/a 1", False),
        (1, "a 1", True),
        (1, "x", False),
    ],
)
def test_number_grows_in_each_series_by_the_step(by: int | None, lines: str, kept: bool) -> None:
    """Other groups distinguish series; without a step the number never falls."""
    assert is_kept("grows", r"(?P<who>[ab]) (?P<n>\d)", lines, by) is kept


def test_lines_are_counted_for_each_text_of_the_groups() -> None:
    assert is_kept("exactly", r"(?P<who>[ab]) says", "a says/b says/a says/b says", 2)
    assert not is_kept("exactly", r"(?P<who>[ab]) says", "a says/b says/a says", 2)
    assert is_kept("exactly", "says", "a says/b says", 2)
    assert not is_kept("exactly", "says", "a says/b says", 1)
    assert is_kept("at-least", "says", "a says/b says", 1)
    assert not is_kept("at-least", r"(?P<who>[ab]) says", "nothing", 1)


def test_forbidden_line_is_reported_with_its_number() -> None:
    never = Guarantee("No update is lost.", "never", ("lost",))
    assert find_violation(never, ["found"]) == ""
    assert find_violation(never, ["found", "1 lost"]) == "line 2 '1 lost' was printed"


def test_any_order_needs_two_lines() -> None:
    assert is_kept("any-order", "x", "x 1/y/x 2")
    assert not is_kept("any-order", "x", "x 1/y")


def test_missing_lines_of_an_incomplete_run_break_no_guarantee() -> None:
    order = Guarantee("A guarantee.", "order", START_AND_END)
    three = Guarantee("A guarantee.", "exactly", ("x",), 3)
    free = Guarantee("A guarantee.", "any-order", ("x",))
    assert find_violation(order, ["start A"], is_complete=False) == ""
    assert find_violation(order, ["end A", "start A"], is_complete=False) != ""
    assert find_violation(three, ["x"], is_complete=False) == ""
    assert find_violation(three, ["x"] * 4, is_complete=False) != ""
    assert find_violation(free, [], is_complete=False) == ""
