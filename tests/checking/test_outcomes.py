"""What a racy program comes to is declared, graded and counted."""

from __future__ import annotations

import pytest
from helpers.handmade import run_with
from helpers.programs import OUTCOMES_HEAD as HEAD
from helpers.programs import snippet_of, text_of

from snippet_engine.checking.check import check_run
from snippet_engine.checking.outcomes import match_outcome
from snippet_engine.checking.rerecording import update_recording
from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Outcome, Sample

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
        (("n = 12",), "exit 0", None),
        (("n = 2",), "signal SIGSEGV", None),
        (("n = 3",), "exit 0", "invented"),
    ],
)
def test_a_run_comes_to_the_first_outcome_that_fits(
    lines: tuple[str, ...], ending: str, name: str | None
) -> None:
    """By its ending and by a pattern over its whole output."""
    outcome = match_outcome(OUTCOMES, run_with(*lines, ending=ending))
    assert (outcome and outcome.name) == name


def test_any_declared_outcome_agrees_and_the_others_are_told() -> None:
    """Not the recording is compared but what the run came to."""
    snippet = snippet_of("pass\n", head=HEAD, recording="#: output\n#> n = 2\n")
    assert snippet.time_limit == 1.5
    assert check_run(snippet, run_with("n = 2")) is None
    assert check_run(snippet, run_with("x", ending="stopped")) is None
    assert "none of the outcomes" in str(check_run(snippet, run_with("n = 1")))
    assert "forbidden outcome: invented" in str(check_run(snippet, run_with("n = 3")))


def test_the_recording_of_a_racy_program_is_left_while_its_outcome_is_declared() -> None:
    """Recording again changes nothing; a recording of no outcome is replaced."""
    snippet = snippet_of("pass\n", head=HEAD, recording="#: output\n#> n = 2\n")
    assert update_recording(snippet, run_with("x", ending="stopped")) is snippet
    narrow = HEAD.replace("hangs = 1.5", 'pattern = "hung"')
    stale = snippet_of("pass\n", head=narrow, recording="#: output\n#> n = 9\n")
    assert "none of the declared outcomes" in str(check_run(stale, run_with("n = 2")))
    assert update_recording(stale, run_with("n = 2")).text.endswith("#: output\n#> n = 2\n")


def test_a_count_of_outcomes_is_written_and_read() -> None:
    """The file says how often each was seen, on which interpreter, on how many cores."""
    text = text_of(
        "pass\n",
        head=HEAD,
        recording="""
            #: output
            #> n = 2
            #: outcomes of 200 runs on Python 3.11.7, 2 cores
            #= 150 counted
            #= 50 deadlock
            #: outcomes of 1 runs on Python 3.13.0rc1, 1 core
            #= 1 counted
        """,
    )
    snippet = snippet_of("pass\n", head=HEAD, recording=text[text.index("#: output") :])
    assert snippet.samples == (
        Sample(200, "3.11.7", 2, (("counted", 150), ("deadlock", 50))),
        Sample(1, "3.13.0rc1", 1, (("counted", 1),)),
    )
    assert snippet.text == text
    assert snippet.find_sample("3.11") == snippet.samples[0]
    assert snippet.find_sample("3.12") is None
    assert [snippet.samples[0].count(name) for name in ("deadlock", "invented")] == [50, 0]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("#= 3 unheard of", "no outcome of the head is called 'unheard of'"),
        ("#> 3", "begins with '#= '"),
        ("#: outcomes of 1 runs on Python 3.11.2, 1 core", "a second count of outcomes on"),
    ],
)
def test_a_broken_count_is_told(lines: str, words: str) -> None:
    """With its line, as all that is wrong with a file."""
    counted = f"#: outcomes of 9 runs on Python 3.11.7, 2 cores\n{lines}\n"
    with pytest.raises(SnippetError, match=words):
        snippet_of("pass\n", head=HEAD, recording=counted)
