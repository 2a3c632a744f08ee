"""What every run must print, may print in any order, and must never print."""

from __future__ import annotations

import pytest

from snippet_engine.checking.guarantees import find_violation
from snippet_engine.snippet.model import Guarantee, GuaranteeKind

OWN = (r"start (?P<name>\w)", r"end (?P<name>\w)")


def keeps(
    kind: GuaranteeKind, patterns: str | tuple[str, ...], lines: str, number: int | None = None
) -> bool:
    """Whether the lines, written with slashes between them, keep such a guarantee."""
    several = (patterns,) if isinstance(patterns, str) else patterns
    return not find_violation(Guarantee("It is so.", kind, several, number), lines.split("/"))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("start A/end A/start B/end B", True),
        ("start A/start B/end B/end A", True),
        ("start A/start B/end A", True),  # B has not ended yet
        ("end A/start A", False),
        ("start A/end B", False),
        ("start A/end A/start A", False),  # each start comes before the end
        ("nothing of the kind", False),
        ("start A", False),  # a pattern that nothing matches promises nothing
    ],
)
def test_own_lines_come_in_their_order(lines: str, kept: bool) -> None:
    """Lines tied by a captured name keep their order; others are free."""
    assert keeps("order", OWN, lines) is kept


def test_patterns_without_a_common_name_order_all_their_lines() -> None:
    """Every line of the first pattern comes before every line of the second."""
    assert keeps("order", ("work", "done"), "work/work/done")
    assert not keeps("order", ("work", "done"), "work/done/work")


def test_three_patterns_are_a_chain() -> None:
    """Each pattern is compared with the one before it."""
    chain = (r"put (?P<n>\d)", r"get (?P<n>\d)", r"done (?P<n>\d)")
    assert keeps("order", chain, "put 1/put 2/get 2/get 1/done 1/done 2")
    assert not keeps("order", chain, "put 1/done 1/get 1")


def test_what_comes_first_opens_the_way_and_may_go_on() -> None:
    """Nothing of the second pattern comes before the first line of the first."""
    assert keeps("first", ("put", "got"), "put/got/put/got")
    assert not keeps("first", ("put", "got"), "got/put")


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
def test_a_number_grows_in_each_series(by: int | None, lines: str, kept: bool) -> None:
    """Series are told apart by the other names; without a step it never falls."""
    assert keeps("grows", r"(?P<who>[ab]) (?P<n>\d)", lines, by) is kept


def test_lines_are_counted_for_each_name() -> None:
    """`exactly` and `at-least` hold for each captured name that comes, and for all without one."""
    assert keeps("exactly", r"(?P<who>[ab]) says", "a says/b says/a says/b says", 2)
    assert not keeps("exactly", r"(?P<who>[ab]) says", "a says/b says/a says", 2)
    assert keeps("exactly", "says", "a says/b says", 2)
    assert not keeps("exactly", "says", "a says/b says", 1)
    assert keeps("at-least", "says", "a says/b says", 1)
    assert not keeps("at-least", r"(?P<who>[ab]) says", "nothing", 1)


def test_what_must_never_be_printed_is_told_with_its_line() -> None:
    """The message names the line that should not be there."""
    never = Guarantee("No update is lost.", "never", ("lost",))
    assert find_violation(never, ["found"]) == ""
    assert find_violation(never, ["found", "1 lost"]) == "line 2 '1 lost' was printed"


def test_a_free_order_needs_two_lines() -> None:
    """To say of one line that its order is free would say nothing."""
    assert keeps("any-order", "x", "x 1/y/x 2")
    assert not keeps("any-order", "x", "x 1/y")


def test_a_run_that_hung_half_way_need_not_reach_each_pattern() -> None:
    """What came keeps its order; what did not come breaks nothing."""
    order = Guarantee("It is so.", "order", OWN)
    three = Guarantee("It is so.", "exactly", ("x",), 3)
    free = Guarantee("It is so.", "any-order", ("x",))
    assert find_violation(order, ["start A"], whole=False) == ""
    assert find_violation(order, ["end A", "start A"], whole=False) != ""
    assert find_violation(three, ["x"], whole=False) == ""
    assert find_violation(three, ["x"] * 4, whole=False) != ""
    assert find_violation(free, [], whole=False) == ""
