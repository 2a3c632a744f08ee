"""Claims: measures of a run, their bounds and their wording."""

from __future__ import annotations

import pytest
from helpers.handmade import (
    make_main_worker,
    make_nine_threads,
    make_printed_run,
    make_run,
    make_worker,
)
from helpers.programs import build_snippet

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


def test_workers_are_counted_by_kind() -> None:
    run = make_nine_threads()
    values = {measure: measure_claim(Claim(measure), run) for measure in MEASURES}
    assert (values["workers"], values["processes"], values["threads"]) == (10, 1, 9)
    assert (values["tasks"], values["coroutines"], values["generators"]) == (0, 0, 0)
    assert (values["overlap"], values["lines"]) == (9, 9)
    assert values["cores-used"] == pytest.approx(0.1 / 1.07)


def test_overlap_of_workers_that_run_in_turn_is_one() -> None:
    workers = [
        make_main_worker(2.0),
        make_worker(1, ended=1.0),
        make_worker(2, began=1.0, ended=2.0),
    ]
    assert measure_claim(Claim("overlap"), make_run(workers, seconds=2.0)) == 1
    assert measure_claim(Claim("overlap"), make_run([make_main_worker()])) == 1


def test_printed_number_is_measured_and_shown_with_its_unit() -> None:
    run = make_printed_run("begin", "a thread costs 1_063.5 µs")
    claim = Claim("cost", 1, 2000, r"costs (\S+ µs)")
    assert measure_claim(claim, run) == 1063.5
    assert format_value(claim, run) == "1_063.5 µs"
    assert measure_claim(claim, make_printed_run("a thread costs 1,063.5 µs")) == 1063.5
    assert find_bounds_error(claim, run) == ""
    assert "no line matches" in find_bounds_error(claim, make_printed_run("nothing"))
    assert "is not a number" in find_bounds_error(Claim("x", 1, 2, "(begin)"), run)
    with pytest.raises(MeasurementError):
        format_value(claim, make_printed_run("nothing"))


def test_speedup_is_the_ratio_to_the_baseline() -> None:
    claim = Claim(SPEEDUP, minimum=8)
    assert find_compared_snippet(SPEEDUP) == "one-at-a-time/plain-loop"
    assert find_compared_snippet("seconds") is None
    slow, fast = (
        make_run([make_main_worker()], seconds=9.0),
        make_run([make_main_worker()], seconds=1.0),
    )
    assert format_value(claim, fast, slow) == "9.0"
    assert find_bounds_error(claim, fast, slow) == ""
    assert find_bounds_error(claim, slow, fast) == f"{SPEEDUP} is 0.111111; it should be at least 8"


@pytest.mark.parametrize(
    ("measure", "text"),
    [("seconds", "1.07 s"), ("cpu-seconds", "100 ms"), ("memory", "9.0 MB"), ("workers", "10")],
)
def test_value_is_formatted_with_its_unit(measure: str, text: str) -> None:
    assert format_value(Claim(measure), make_nine_threads()) == text


@pytest.mark.parametrize(
    ("minimum", "maximum", "error"),
    [
        (10, 10, ""),
        (9, None, ""),
        (None, 9, "workers is 10; it should be at most 9"),
        (11, 11, "workers is 10; it should be 11"),
        (11, 12, "workers is 10; it should be at least 11 and at most 12"),
    ],
)
def test_value_out_of_bounds_is_an_error_with_the_bounds(
    minimum: float | None, maximum: float | None, error: str
) -> None:
    assert find_bounds_error(Claim("workers", minimum, maximum), make_nine_threads()) == error


def test_claim_that_does_not_hold_is_a_mismatch() -> None:
    """A claim about a speedup is checked only with a way to get the other run."""
    head = f"""
        [tool.snippet.claims]
        lines = 1
        "{SPEEDUP}" = {{ min = 2 }}
    """
    snippet = build_snippet("pass\n", head=head, recording="#: output\n#> a\n")
    assert check_run(snippet, make_printed_run("a")) is None
    assert check_run(snippet, make_printed_run("a"), lambda name: make_run([], seconds=2.0)) is None
    message = str(check_run(snippet, make_printed_run("a"), lambda name: make_run([], seconds=1.0)))
    assert f"a claim does not hold: {SPEEDUP} is 1; it should be at least 2" in message
    wrong = build_snippet(
        "pass\n", head=head.replace("lines = 1", "lines = 2"), recording="#: output\n#> a\n"
    )
    assert "lines is 1; it should be 2" in str(check_run(wrong, make_printed_run("a")))
