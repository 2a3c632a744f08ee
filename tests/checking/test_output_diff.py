"""Comparison of two outputs by the rules of a snippet's head."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.programs import build_snippet

from snippet_engine.checking.output_diff import diff_outputs
from snippet_engine.run import Stream


def parse_output(lines: Iterable[str]) -> list[tuple[Stream, str]]:
    """Return lines with their streams; those that begin with `!` are of standard error."""
    return [("stderr", line[1:]) if line[:1] == "!" else ("stdout", line) for line in lines]


def outputs_agree(head: str, recorded: str, printed: str) -> bool:
    """Return True if outputs, written with spaces between lines, agree by the rules of `head`."""
    snippet = build_snippet("pass\n", head=head)
    return not diff_outputs(snippet, parse_output(recorded.split()), parse_output(printed.split()))


def test_lines_in_order_must_have_the_same_order() -> None:
    assert outputs_agree("", "a b", "a b")
    assert not outputs_agree("", "a b", "b a")
    assert not outputs_agree("", "a b", "a")
    assert not outputs_agree("", "a b", "a b b")


def test_lines_in_any_order_must_occur_equally_often() -> None:
    head = 'lines = "any-order"'
    assert outputs_agree(head, "a a b", "b a a")
    assert not outputs_agree(head, "a a b", "b b a")
    assert not outputs_agree(head, "a a b", "a b")


def test_lines_of_each_kind_may_occur_any_number_of_times() -> None:
    head = 'lines = "each-kind"'
    assert outputs_agree(head, "a b", "b a a b")
    assert not outputs_agree(head, "a b", "a a")
    assert not outputs_agree(head, "a b", "a b c")


def test_stopped_program_is_compared_over_the_common_length() -> None:
    head = "stops = 1"
    assert outputs_agree(head, "a b c", "a b")
    assert outputs_agree(head, "a b", "a b c")
    assert not outputs_agree(head, "a b c", "a x")
    assert not outputs_agree(head, "a b c", "")
    in_any_order = 'stops = 1\nlines = "any-order"'
    assert outputs_agree(in_any_order, "a b c", "c a")
    assert not outputs_agree(in_any_order, "a b c", "c c")


def test_streams_are_compared_separately() -> None:
    assert outputs_agree("", "a !e b", "!e a b")
    assert not outputs_agree("", "a !e", "a e")


def test_diff_names_both_sides_and_the_stream() -> None:
    old, new = parse_output(["a", "!b"]), parse_output(["a", "!c"])
    diff = diff_outputs(build_snippet("pass\n"), old, new, ("Linux", "macOS"))
    assert diff.splitlines() == ["--- Linux stderr", "+++ macOS stderr", "@@ -1 +1 @@", "-b", "+c"]


def test_lines_in_any_order_are_sorted_in_the_diff() -> None:
    snippet = build_snippet("pass\n", head='lines = "any-order"')
    diff = diff_outputs(snippet, parse_output(["b", "a"]), parse_output(["c", "b"]))
    assert diff.splitlines()[-3:] == ["-a", " b", "+c"]


TRACEBACK = (
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


def agrees_with_traceback(*printed: str) -> bool:
    return not diff_outputs(build_snippet("pass\n"), parse_output(TRACEBACK), parse_output(printed))


def test_frames_of_the_standard_library_may_change_but_not_those_of_the_program() -> None:
    frames = ['!  File "<frozen runpy>", line 88, in _run_code', "!    a", "!    ^", "!    ~"]
    assert agrees_with_traceback(*TRACEBACK)
    assert agrees_with_traceback(TRACEBACK[0], *frames, *TRACEBACK[6:])
    assert not agrees_with_traceback(TRACEBACK[0], *TRACEBACK[6:])
    assert not agrees_with_traceback(*TRACEBACK[:7], "!    2 / 0", *TRACEBACK[8:])
    assert not agrees_with_traceback(*TRACEBACK[:-1])


def test_place_of_a_library_warning_may_change_but_not_its_message() -> None:
    warning = ("!/python/m.py:254: UserWarning: leaked", "!  warnings.warn(a)")
    moved = ("!/python/m.py:9: UserWarning: leaked", "!  warnings.warn(b)")
    other = ("!/python/m.py:254: UserWarning: found", "!  warnings.warn(a)")
    snippet = build_snippet("pass\n")
    assert diff_outputs(snippet, parse_output(warning), parse_output(moved)) == ""
    assert diff_outputs(snippet, parse_output(warning), parse_output(other)) != ""
