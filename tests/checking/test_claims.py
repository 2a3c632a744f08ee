"""What prose says in numbers is measured, bounded and put into words."""

from __future__ import annotations

import pytest
from helpers.handmade import a_run, a_worker, main, nine_threads, run_with
from helpers.programs import snippet_of

from snippet_engine.checking.check import check_run
from snippet_engine.checking.claims import (
    MEASURES,
    MeasurementError,
    find_bounds_error,
    format_value,
    measure_claim,
)
from snippet_engine.snippet.model import Claim, find_compared_snippet

SPEEDUP = "speedup over one-at-a-time/plain-loop"


def test_structure_is_counted() -> None:
    """Workers of each kind, and how many of them do one thing at once."""
    run = nine_threads()
    found = {what: measure_claim(Claim(what), run) for what in MEASURES}
    assert (found["workers"], found["processes"], found["threads"]) == (10, 1, 9)
    assert (found["tasks"], found["coroutines"], found["generators"]) == (0, 0, 0)
    assert (found["overlap"], found["lines"]) == (9, 9)
    assert found["cores-used"] == pytest.approx(0.1 / 1.07)


def test_workers_in_turn_overlap_by_one() -> None:
    """Where one begins when the other has ended, there is one at a time."""
    workers = [main(2.0), a_worker(1, ended=1.0), a_worker(2, began=1.0, ended=2.0)]
    assert measure_claim(Claim("overlap"), a_run(workers, seconds=2.0)) == 1
    assert measure_claim(Claim("overlap"), a_run([main()])) == 1


def test_a_number_that_the_program_printed_is_a_measure() -> None:
    """The first group is the number, and prose shows it with its unit."""
    run = run_with("begin", "a thread costs 1_063.5 µs")
    claim = Claim("cost", 1, 2000, r"costs (\S+ µs)")
    assert measure_claim(claim, run) == 1063.5
    assert format_value(claim, run) == "1_063.5 µs"
    assert find_bounds_error(claim, run) == ""
    assert "no line matches" in find_bounds_error(claim, run_with("nothing"))
    assert "is not a number" in find_bounds_error(Claim("x", 1, 2, "(begin)"), run)
    with pytest.raises(MeasurementError):
        format_value(claim, run_with("nothing"))


def test_a_speedup_compares_with_another_run() -> None:
    """The seconds of the other as a multiple of these."""
    claim = Claim(SPEEDUP, minimum=8)
    assert find_compared_snippet(SPEEDUP) == "one-at-a-time/plain-loop"
    assert find_compared_snippet("seconds") is None
    slow, fast = a_run([main()], seconds=9.0), a_run([main()], seconds=1.0)
    assert format_value(claim, fast, slow) == "9.0"
    assert find_bounds_error(claim, fast, slow) == ""
    assert (
        find_bounds_error(claim, slow, fast) == f"{SPEEDUP} is 0.111111, and should be at least 8"
    )


@pytest.mark.parametrize(
    ("what", "words"),
    [("seconds", "1.07 s"), ("cpu-seconds", "100 ms"), ("memory", "9.0 MB"), ("workers", "10")],
)
def test_a_number_is_told_as_prose_says_it(what: str, words: str) -> None:
    """Times and sizes come with their unit, counts without."""
    assert format_value(Claim(what), nine_threads()) == words


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (10, 10, ""),
        (9, None, ""),
        (None, 9, "workers is 10, and should be at most 9"),
        (11, 11, "workers is 10, and should be 11"),
        (11, 12, "workers is 10, and should be at least 11 and at most 12"),
    ],
)
def test_a_claim_that_is_not_met_says_its_bounds(
    least: float | None, most: float | None, words: str
) -> None:
    """What was measured, and what should have been."""
    assert find_bounds_error(Claim("workers", least, most), nine_threads()) == words


def test_a_run_that_misses_a_claim_disagrees() -> None:
    """A comparison with another snippet is looked at where its run can be had."""
    head = f"""
        [tool.snippet.claims]
        lines = 1
        "{SPEEDUP}" = {{ min = 2 }}
    """
    snippet = snippet_of("pass\n", head=head, recording="#: output\n#> a\n")
    assert check_run(snippet, run_with("a")) is None
    assert check_run(snippet, run_with("a"), lambda name: a_run([], seconds=2.0)) is None
    message = str(check_run(snippet, run_with("a"), lambda name: a_run([], seconds=1.0)))
    assert f"a claim does not hold: {SPEEDUP} is 1, and should be at least 2" in message
    wrong = snippet_of(
        "pass\n", head=head.replace("lines = 1", "lines = 2"), recording="#: output\n#> a\n"
    )
    assert "lines is 1, and should be 2" in str(check_run(wrong, run_with("a")))
