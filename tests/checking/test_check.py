"""Check of a run against the exit status, recording and guarantees of its snippet."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from helpers.handmade import make_printed_run
from helpers.programs import OUTCOMES_HEAD, build_snippet

from snippet_engine.checking.check import check_run, is_newer_than_supported
from snippet_engine.checking.rerecording import update_recording
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS


@pytest.mark.parametrize(
    ("head", "ending", "lines", "reason"),
    [
        ("", "exit 1", ("!KeyError: 1",), "raised KeyError"),
        ("", "signal SIGSEGV", (), "it failed (signal SIGSEGV)"),
        ("", "limit: time", (), "limit: time"),
        ("stops = 1", "exit 0", (), "it ended by itself"),
        ('raises = "KeyError"', "exit 0", (), "raised nothing"),
        ('raises = "KeyError"', "exit 1", ("!ValueError: x",), "raised ValueError"),
        ('raises = "KeyError"', "signal SIGKILL", ("!KeyError: x",), "signal SIGKILL"),
    ],
)
def test_unexpected_exit_status_is_a_mismatch_and_is_not_recorded(
    head: str, ending: str, lines: tuple[str, ...], reason: str
) -> None:
    snippet = build_snippet("pass\n", head=head, recording="#: output\n")
    run = make_printed_run(*lines, ending=ending)
    assert reason in str(check_run(snippet, run))
    with pytest.raises(ValueError, match="its head "):
        update_recording(snippet, run)


def test_declared_exception_agrees() -> None:
    recording = "#: output\n#! KeyError: 1\n"
    snippet = build_snippet("pass\n", head='raises = "KeyError"', recording=recording)
    assert check_run(snippet, make_printed_run("!KeyError: 1", ending="exit 1")) is None


def test_program_that_never_ends_agrees_if_it_is_stopped() -> None:
    snippet = build_snippet("pass\n", head="stops = 1", recording="#: output\n#> a\n")
    assert check_run(snippet, make_printed_run("a", ending="stopped")) is None


def test_version_above_the_last_supported_one_is_newer() -> None:
    assert is_newer_than_supported("3.99")
    assert not is_newer_than_supported(SUPPORTED_VERSIONS[-1])


def test_output_mismatch_has_a_diff_and_a_hint() -> None:
    snippet = build_snippet("pass\n", recording="#: output\n#> a\n#> b\n")
    message = str(check_run(snippet, make_printed_run("a", "c", python="3.12.1")))
    assert "-b" in message
    assert "+c" in message
    assert "run `make record NAME=tests/program`; add `PYTHON=3.12` if" in message


def test_broken_guarantee_is_a_mismatch_though_the_recording_agrees() -> None:
    head = """
        [[tool.snippet.guarantees]]
        says = "Two lines come."
        lines = '^[ab]$'
        exactly = 2
    """
    snippet = build_snippet("pass\n", head=head, recording="#: output\n#> a\n")
    message = str(check_run(snippet, make_printed_run("a")))
    assert message.startswith("it broke a guarantee, 'Two lines come.': ")
    assert "   1  a" in message
    assert "Hint: fix the program, or weaken the guarantee" in message


def test_snippet_without_a_recording_is_a_mismatch() -> None:
    message = str(check_run(build_snippet("pass\n"), make_printed_run("a")))
    assert "nothing is recorded" in message
    assert "make record NAME=tests/program" in message


def test_run_is_compared_with_the_recording_of_the_nearest_older_version() -> None:
    recording = "#: output\n#> a\n#: output on Python 3.13\n#> b\n"
    snippet = build_snippet("pass\n", recording=recording)
    assert check_run(snippet, make_printed_run("b", python="3.15.2")) is None
    mismatch = check_run(snippet, make_printed_run("a", "took 1.5 s", python="3.15.2"))
    assert mismatch is not None
    assert (
        mismatch.reason == "its output differs from its recording (Python 3.15, recorded on 3.13)"
    )
    assert mismatch.hint.endswith("add `PYTHON=3.15` if only that version prints it")
    assert mismatch.differences == (("stdout", ("b",), ("a", "took <duration>")),)


def test_hint_for_an_undeclared_exception_is_the_line_that_declares_it() -> None:
    """Python prints the full name of the exception, so the head needs it too."""
    snippet = build_snippet("pass\n", head='raises = "BrokenBarrierError"', recording="#: output\n")
    run = make_printed_run("!threading.BrokenBarrierError", ending="exit 1")
    mismatch = check_run(snippet, run)
    assert mismatch is not None
    assert 'write raises = "threading.BrokenBarrierError" under [tool.snippet]' in mismatch.hint
    assert check_run(replace(snippet, raises=None), run).hint == mismatch.hint
    stopped = check_run(build_snippet("pass\n", head="stops = 1"), run)
    assert stopped.hint == "fix the program or its head"


def test_only_a_run_that_hung_may_lack_guaranteed_lines() -> None:
    guarantee = "\n[[tool.snippet.guarantees]]\nsays = 'Both.'\nexactly = 2\nlines = 'end'\n"
    racy = build_snippet(
        "pass\n", head=f"{dedent(OUTCOMES_HEAD)}{guarantee}", recording="#: output\n#> n = 2\n"
    )
    assert check_run(racy, make_printed_run("n = 2", "end", "end")) is None
    assert check_run(racy, make_printed_run("end", ending="stopped")) is None
    assert "broke a guarantee" in str(check_run(racy, make_printed_run("n = 2", "end")))
    endless = build_snippet(
        "pass\n", head=f"stops = 1\n{guarantee}", recording="#: output\n#> end\n"
    )
    stopped = make_printed_run("end", ending="stopped")
    assert "broke a guarantee" in str(check_run(endless, stopped))
