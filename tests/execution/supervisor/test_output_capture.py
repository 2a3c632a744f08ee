"""Capture of a program's output as timed lines, within limits."""

from __future__ import annotations

from snippet_engine.execution.supervisor.output_capture import OutputCapture


def test_line_has_the_time_of_its_first_bytes() -> None:
    capture = OutputCapture(10, 100)
    capture.feed("stdout", b"a", 1.0)
    capture.feed("stdout", b"b\nc", 2.0)
    capture.feed("stdout", b"\n", 3.0)
    assert capture.finish() == [(1.0, "stdout", "ab"), (2.0, "stdout", "c")]


def test_lines_of_both_streams_are_sorted_by_time() -> None:
    capture = OutputCapture(10, 100)
    capture.feed("stdout", b"first", 1.0)
    capture.feed("stderr", b"second\n", 2.0)
    capture.feed("stdout", b"\n", 3.0)
    assert [text for _, _, text in capture.finish()] == ["first", "second"]


def test_last_line_without_a_newline_is_a_line() -> None:
    capture = OutputCapture(10, 100)
    capture.feed("stderr", b"a\nb", 1.0)
    assert capture.finish() == [(1.0, "stderr", "a"), (1.0, "stderr", "b")]
    assert not capture.is_full


def test_invalid_utf_8_becomes_escapes() -> None:
    capture = OutputCapture(10, 100)
    capture.feed("stdout", b"\xff\xe2\x82\n", 1.0)
    assert capture.finish() == [(1.0, "stdout", "\\xff\\xe2\\x82")]


def test_character_split_between_two_reads_is_one() -> None:
    capture = OutputCapture(10, 100)
    for part in ("é".encode()[:1], "é".encode()[1:]):
        capture.feed("stdout", part, 1.0)
    assert capture.finish() == [(1.0, "stdout", "é")]


def test_capture_is_full_with_more_lines_than_allowed() -> None:
    capture = OutputCapture(2, 100)
    capture.feed("stdout", b"a\nb\n", 1.0)
    assert not capture.is_full
    capture.feed("stdout", b"c\n", 2.0)
    assert capture.is_full
    capture.feed("stdout", b"d\n", 3.0)
    assert [text for _, _, text in capture.finish()] == ["a", "b"]


def test_capture_is_full_with_more_bytes_than_allowed() -> None:
    capture = OutputCapture(10, 3)
    capture.feed("stdout", b"a\nb", 1.0)
    assert not capture.is_full
    capture.feed("stdout", b"c", 2.0)
    assert capture.is_full
    assert [text for _, _, text in capture.finish()] == ["a", "b"]


def test_capture_is_full_with_an_unfinished_line_past_the_line_limit() -> None:
    """The line is left out, so the output is incomplete."""
    capture = OutputCapture(2, 100)
    capture.feed("stdout", b"a\nb\nc", 1.0)
    assert not capture.is_full
    assert [text for _, _, text in capture.finish()] == ["a", "b"]
    assert capture.is_full
