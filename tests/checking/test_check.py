"""A run is compared with a recording, and recorded anew where they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.handmade import run_with
from helpers.programs import snippet_of

from snippet_engine.checking.check import check_run
from snippet_engine.checking.masks import apply_masks
from snippet_engine.checking.rerecording import update_recording


def agrees(head: str, recorded: str, *printed: str, **options: str) -> bool:
    """Whether a snippet with that head and recording accepts what was printed."""
    recording = "#: output\n" + "".join(
        f"#! {text[1:]}\n" if text[:1] == "!" else f"#> {text}\n" for text in recorded.split()
    )
    snippet = snippet_of("pass\n", head=head, recording=recording)
    return check_run(snippet, run_with(*printed, **options)) is None


def test_lines_in_order_must_come_in_order() -> None:
    """The default accepts the same lines in the same order only."""
    assert agrees("", "a b", "a", "b")
    assert not agrees("", "a b", "b", "a")
    assert not agrees("", "a b", "a")
    assert not agrees("", "a b", "a", "b", "b")


def test_lines_in_any_order_must_be_the_same_lines() -> None:
    """Any order is accepted, but each line as often as it was recorded."""
    head = 'lines = "any-order"'
    assert agrees(head, "a a b", "b", "a", "a")
    assert not agrees(head, "a a b", "b", "b", "a")
    assert not agrees(head, "a a b", "a", "b")


def test_each_kind_of_line_must_be_there() -> None:
    """Every distinct line must come, no matter how often."""
    head = 'lines = "each-kind"'
    assert agrees(head, "a b", "b", "a", "a", "b")
    assert not agrees(head, "a b", "a", "a")
    assert not agrees(head, "a b", "a", "b", "c")


def test_an_endless_program_is_compared_over_the_common_length() -> None:
    """Where it was stopped may differ; what both had time to print may not."""
    head = "stops = 1"
    assert agrees(head, "a b c", "a", "b", ending="stopped")
    assert agrees(head, "a b", "a", "b", "c", ending="stopped")
    assert not agrees(head, "a b c", "a", "x", ending="stopped")
    assert not agrees(head, "a b c", ending="stopped")
    shuffled = 'stops = 1\nlines = "any-order"'
    assert agrees(shuffled, "a b c", "c", "a", ending="stopped")
    assert not agrees(shuffled, "a b c", "c", "c", ending="stopped")


def test_the_two_streams_are_compared_apart() -> None:
    """The order of output and error among each other is not known, so not judged."""
    assert agrees("", "a !e b", "!e", "a", "b")
    assert not agrees("", "a !e", "a", "e")


@pytest.mark.parametrize(
    ("head", "ending", "lines", "words"),
    [
        ("", "exit 1", ("!KeyError: 1",), "raised KeyError"),
        ("", "signal SIGSEGV", (), "did not end well (signal SIGSEGV)"),
        ("", "limit: time", (), "limit: time"),
        ("stops = 1", "exit 0", (), "it ended by itself"),
        ('raises = "KeyError"', "exit 0", (), "raised nothing"),
        ('raises = "KeyError"', "exit 1", ("!ValueError: x",), "raised ValueError"),
        ('raises = "KeyError"', "signal SIGKILL", ("!KeyError: x",), "signal SIGKILL"),
    ],
)
def test_an_ending_other_than_the_heads_is_told(
    head: str, ending: str, lines: tuple[str, ...], words: str
) -> None:
    """A program that ends in another way than its head says fails, and is not recorded."""
    snippet = snippet_of("pass\n", head=head, recording="#: output\n")
    run = run_with(*lines, ending=ending)
    assert words in str(check_run(snippet, run))
    with pytest.raises(ValueError, match="its head says"):
        update_recording(snippet, run)


def test_an_expected_exception_is_accepted() -> None:
    """A program that must raise agrees when it raises just that."""
    recording = "#: output\n#! KeyError: 1\n"
    snippet = snippet_of("pass\n", head='raises = "KeyError"', recording=recording)
    assert check_run(snippet, run_with("!KeyError: 1", ending="exit 1")) is None


def test_a_difference_comes_with_a_diff_and_its_cure() -> None:
    """The message shows both sides, and the command that records anew."""
    snippet = snippet_of("pass\n", recording="#: output\n#> a\n#> b\n")
    message = str(check_run(snippet, run_with("a", "c", python="3.12.1")))
    assert "-b" in message
    assert "+c" in message
    assert "run `make record NAME=tests/program`; add `PYTHON=3.12` if" in message


def test_a_broken_guarantee_comes_with_the_output_and_its_cure() -> None:
    """The recording agrees, and yet the program did not do what its head promises."""
    head = """
        [[tool.snippet.guarantees]]
        says = "Two lines come."
        lines = '^[ab]$'
        exactly = 2
    """
    snippet = snippet_of("pass\n", head=head, recording="#: output\n#> a\n")
    told = str(check_run(snippet, run_with("a")))
    assert told.startswith("it broke a guarantee, 'Two lines come.': ")
    assert "   1  a" in told
    assert "Hint: correct the program, or promise less" in told


def test_a_snippet_never_recorded_is_told_so() -> None:
    """Without a recording there is nothing to agree with."""
    message = str(check_run(snippet_of("pass\n"), run_with("a")))
    assert "nothing is recorded" in message
    assert "make record NAME=tests/program" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it took 1.0234s", "it took <duration>"),
        ("took 12.5 ms, 3.0e-5 seconds", "took <duration>, <duration>"),
        ("python x  0.02s user 0.01s system 2% cpu 1.030 total", "python x  <time>"),
        ("zsh x  0.02s user 0.01s system 2% cpu 1:01.03 total", "zsh x  <time>"),
        ("<object at 0x7f12ab34cd56>", "<object at <address>>"),
        ("<Thread(T, started 140213)>", "<Thread(T, started <thread id>)>"),
        ("<Thread(T, started daemon 140213)>", "<Thread(T, started <thread id>)>"),
        ("pid 123, pid=45, PID: 6", "pid <process id>, pid=<process id>, PID: <process id>"),
        ('  File "/usr/lib/x.py", line 12, in f', '  File "<path>, in f'),
        ("wrote /tmp/a/b.txt", "wrote <path>"),
        (r'  File "C:\Program Files\x.py", line 12, in f', '  File "<path>, in f'),
        (r"wrote C:\Users\a-b\c.txt", "wrote <path>"),
        (r"a:\d+ is no path", r"a:\d+ is no path"),
        ("version 3.12, 1/2, and/or, 0x10", "version 3.12, 1/2, and/or, 0x10"),
        ('  File "x.py", line 12, in f', '  File "x.py", line 12, in f'),
        ("trailing  ", "trailing"),
    ],
)
def test_the_built_in_masks_hide_what_varies_and_no_more(text: str, expected: str) -> None:
    """Durations, addresses, ids and paths vary; all else must agree."""
    assert apply_masks(text) == expected


def test_a_snippets_own_masks_come_first() -> None:
    """A mask of the head hides what the built-in ones do not."""
    assert apply_masks("n = 12", [(r"\d+", "count")]) == "n = <count>"


def test_a_recording_that_agrees_is_left_as_it_is() -> None:
    """Noise (times, order) never changes a file."""
    recording = "#: output\n#> a\n#> took 1.00s\n"
    snippet = snippet_of("pass\n", head='lines = "any-order"', recording=recording)
    assert update_recording(snippet, run_with("took 2.00s", "a")) is snippet


def test_a_recording_that_differs_is_rewritten() -> None:
    """What the reference version printed becomes the common recording."""
    snippet = snippet_of("pass\n", recording="#: output\n#> a\n")
    assert update_recording(snippet, run_with("b", "!e")).text.endswith(
        "pass\n#: output\n#> b\n#! e\n"
    )
    unrecorded = snippet_of("pass\n")
    assert update_recording(unrecorded, run_with("b", python="3.13.0")).text.endswith(
        "#: output\n#> b\n"
    )


def test_a_new_output_replaces_the_recording_it_was_compared_with() -> None:
    """On whichever version; an edited program has changed on all of them."""
    both = snippet_of("pass\n", recording="#: output\n#> a\n#: output on Python 3.13\n#> b\n")
    assert update_recording(both, run_with("c", python="3.12.1")).text.endswith(
        "#: output\n#> c\n#: output on Python 3.13\n#> b\n"
    )
    assert update_recording(both, run_with("c", python="3.15.0")).text.endswith(
        "#: output\n#> a\n#: output on Python 3.13\n#> c\n"
    )
    plain = snippet_of("pass\n", recording="#: output\n#> a\n")
    assert update_recording(both, run_with("a", python="3.15.0")) == plain


def test_a_version_may_have_a_recording_of_its_own() -> None:
    """Only where it differs; it comes, is renewed, and goes when it is not needed."""
    plain = snippet_of("pass\n", recording="#: output\n#> a\n")
    assert update_recording(plain, run_with("a", python="3.12.1"), own=True) is plain
    later = update_recording(plain, run_with("c", python="3.13.0"), own=True)
    both = update_recording(later, run_with("b", python="3.12.1"), own=True)
    own = "#: output on Python 3.12\n#> b\n#: output on Python 3.13\n#> c\n"
    assert both.text.endswith("#: output\n#> a\n" + own)
    assert update_recording(both, run_with("a", python="3.12.1"), own=True) == later
    assert update_recording(later, run_with("a", python="3.13.0"), own=True) == plain
    assert update_recording(later, run_with("x"), own=True).text.endswith(
        "#: output\n#> x\n#: output on Python 3.13\n#> c\n"
    )


LIBRARY_TRACEBACK = (
    "!Traceback (most recent call last):",
    '!  File "/python/threading.py", line 9, in _bootstrap',
    "!    self.run()",
    "!    ~~~~~~~~^^",
    '!  File "/python/threading.py", line 5, in run',
    "!    self._target()",
    '!  File "program.py", line 1, in f',
    "!    1 / 0",
    "!ZeroDivisionError: division by zero",
)


def library_agrees(*printed: str) -> bool:
    """Whether what was printed agrees with the traceback above."""
    recording = "#: output\n" + "".join(f"#! {text[1:]}\n" for text in LIBRARY_TRACEBACK)
    return check_run(snippet_of("pass\n", recording=recording), run_with(*printed)) is None


def test_frames_of_the_standard_library_may_change() -> None:
    """Their number, files, lines, source text and carets; not those of the program."""
    frames = ['!  File "<frozen runpy>", line 88, in _run_code', "!    a", "!    ^", "!    ~"]
    assert library_agrees(*LIBRARY_TRACEBACK)
    assert library_agrees(LIBRARY_TRACEBACK[0], *frames, *LIBRARY_TRACEBACK[6:])
    assert not library_agrees(LIBRARY_TRACEBACK[0], *LIBRARY_TRACEBACK[6:])
    assert not library_agrees(*LIBRARY_TRACEBACK[:7], "!    2 / 0", *LIBRARY_TRACEBACK[8:])
    assert not library_agrees(*LIBRARY_TRACEBACK[:-1])


def test_the_place_of_a_library_warning_may_change() -> None:
    """Not what it says."""
    recording = "#: output\n#! /python/m.py:254: UserWarning: leaked\n#!   warnings.warn(a)\n"
    snippet = snippet_of("pass\n", recording=recording)
    moved = ("!/python/m.py:9: UserWarning: leaked", "!  warnings.warn(b)")
    other = ("!/python/m.py:254: UserWarning: found", "!  warnings.warn(a)")
    assert check_run(snippet, run_with(*moved)) is None
    assert check_run(snippet, run_with(*other)) is not None


def test_a_version_is_compared_with_the_nearest_older_recording() -> None:
    """The reason says which; `sides` has what was compared, for who shows it."""
    recording = "#: output\n#> a\n#: output on Python 3.13\n#> b\n"
    snippet = snippet_of("pass\n", recording=recording)
    assert check_run(snippet, run_with("b", python="3.15.2")) is None
    wrong = check_run(snippet, run_with("a", "took 1.5 s", python="3.15.2"))
    assert wrong is not None
    assert wrong.reason == "its output differs from its recording (Python 3.15, recorded on 3.13)"
    assert wrong.hint.endswith("add `PYTHON=3.15` if only that version prints it")
    assert wrong.differences == (("stdout", ("b",), ("a", "took <duration>")),)


def test_masks_of_the_head_come_before_the_built_in_ones() -> None:
    """What an author names is not named a duration."""
    assert apply_masks("took 0.5 s", [(r"\d\.\d s", "pause")]) == "took <pause>"


def test_an_undeclared_exception_comes_with_the_line_that_declares_it() -> None:
    """By the name that Python prints, which has the module in it."""
    snippet = snippet_of("pass\n", head='raises = "BrokenBarrierError"', recording="#: output\n")
    run = run_with("!threading.BrokenBarrierError", ending="exit 1")
    wrong = check_run(snippet, run)
    assert wrong is not None
    assert 'write raises = "threading.BrokenBarrierError" under [tool.snippet]' in wrong.hint
    assert check_run(replace(snippet, raises=None), run).hint == wrong.hint
    stopped = check_run(snippet_of("pass\n", head="stops = 1"), run)
    assert stopped.hint == "correct the program, or its head"
