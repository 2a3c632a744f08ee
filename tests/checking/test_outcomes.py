"""Recognition of the outcome of a run, and the check of a racy program."""

from __future__ import annotations

import pytest
from helpers.handmade import make_printed_run
from helpers.programs import OUTCOMES_HEAD as HEAD
from helpers.programs import build_snippet

from snippet_engine.checking.check import check_run
from snippet_engine.checking.outcomes import match_outcome
from snippet_engine.checking.rerecording import update_recording
from snippet_engine.snippet.model import Outcome

OUTCOMES = (
    Outcome("deadlock", "surprising", "Each waits for the other.", hangs=1.0),
    Outcome("resized", "surprising", "It grew meanwhile.", raises="RuntimeError"),
    Outcome("lost", "surprising", "Both read 0.", "^n = 1$"),
    Outcome("counted", "expected", "They took turns.", "^n = 2$"),
    Outcome("invented", "forbidden", "Nothing adds three.", "^n = 3$"),
)


@pytest.mark.parametrize(
    ("lines", "ending", "name"),
    [
        (("begin", "n = 2"), "exit 0", "counted"),
        (("n = 1", "end"), "exit 0", "lost"),
        (("n = 1",), "stopped", "deadlock"),
        (("!RuntimeError: dictionary changed size",), "exit 1", "resized"),
        (("!ValueError: x",), "exit 1", None),
        (("!RuntimeError: caught and printed",), "exit 0", None),
        (("n = 12",), "exit 0", None),
        (("n = 2",), "signal SIGSEGV", None),
        (("n = 3",), "exit 0", "invented"),
    ],
)
def test_first_outcome_that_matches_exit_status_and_output_is_chosen(
    lines: tuple[str, ...], ending: str, name: str | None
) -> None:
    outcome = match_outcome(OUTCOMES, make_printed_run(*lines, ending=ending))
    assert (outcome and outcome.name) == name


def test_declared_outcome_agrees_and_others_are_mismatches() -> None:
    snippet = build_snippet("pass\n", head=HEAD, recording="#: output\n#> n = 2\n")
    assert snippet.time_limit == 1.5
    assert check_run(snippet, make_printed_run("n = 2")) is None
    assert check_run(snippet, make_printed_run("x", ending="stopped")) is None
    assert "outcome is none of those in its head" in str(
        check_run(snippet, make_printed_run("n = 1"))
    )
    assert "outcome is forbidden: invented" in str(check_run(snippet, make_printed_run("n = 3")))


def test_recording_changes_only_if_it_shows_no_declared_outcome() -> None:
    snippet = build_snippet("pass\n", head=HEAD, recording="#: output\n#> n = 2\n")
    assert update_recording(snippet, make_printed_run("x", ending="stopped")) is snippet
    narrow = HEAD.replace("hangs = 1.5", 'pattern = "hung"')
    stale = build_snippet("pass\n", head=narrow, recording="#: output\n#> n = 9\n")
    assert "none of the declared outcomes" in str(check_run(stale, make_printed_run("n = 2")))
    assert update_recording(stale, make_printed_run("n = 2")).text.endswith("#: output\n#> n = 2\n")
