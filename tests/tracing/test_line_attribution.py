"""Writers of captured lines, found by the text and order of writes."""

from __future__ import annotations

import pytest

from snippet_engine.tracing.line_attribution import MAX_SKIPPED, Write, find_writers

Captured = list[tuple[float, str, str]]


def build_write(
    at: float, writer: str, data: bytes, stream: str = "stdout", size: int | None = None
) -> Write[str]:
    """Return a write of the thread named `writer`."""
    thread = (1, sum(writer.encode()))
    return Write(at, thread, stream, data, len(data) if size is None else size, writer)


def build_lines(*texts: str, stream: str = "stdout") -> Captured:
    return [(20.0, stream, text) for text in texts]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_line_belongs_to_the_thread_that_wrote_its_text(stream: str) -> None:
    writes = [build_write(1.0, "A", b"a\n", stream), build_write(1.1, "B", b"b\n", stream)]
    assert find_writers(writes, build_lines("b", "a", stream=stream)) == ["B", "A"]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_line_that_no_thread_wrote_has_no_writer(stream: str) -> None:
    writes = [build_write(1.0, "A", b"a\n", stream)]
    assert find_writers(writes, build_lines("c", "a", stream=stream)) == [None, "A"]


def test_same_text_on_both_streams_has_its_own_writers() -> None:
    writes = [
        build_write(1.0, "A", b"same\n", "stderr"),
        build_write(1.1, "B", b"same\n", "stdout"),
    ]
    lines = build_lines("same") + build_lines("same", stream="stderr")
    assert find_writers(writes, lines) == ["B", "A"]


def test_writes_to_the_other_stream_match_no_line() -> None:
    assert find_writers([build_write(1.0, "A", b"a\n", "stderr")], build_lines("a")) == [None]


def test_line_of_several_writes_belongs_to_the_first() -> None:
    writes = [build_write(1.0, "A", b"one "), build_write(1.1, "A", b"line\n")]
    assert find_writers(writes, build_lines("one line")) == ["A"]


def test_line_without_an_end_has_a_writer() -> None:
    assert find_writers([build_write(1.0, "A", b"a\nrest")], build_lines("a", "rest")) == ["A", "A"]


def test_line_that_two_threads_wrote_belongs_to_the_first_part() -> None:
    writes = [build_write(1.0, "A", b"left"), build_write(1.1, "B", b"right\n")]
    assert find_writers(writes, build_lines("leftright")) == ["A"]


def test_earliest_of_equal_parts_of_a_mixed_line_is_taken() -> None:
    writes = [
        build_write(1.1, "A", b"left"),
        build_write(1.0, "B", b"left"),
        build_write(1.2, "C", b"right\n"),
    ]
    assert find_writers(writes, build_lines("leftright")) == ["B"]


def test_bytes_that_are_not_utf8_match_their_escapes() -> None:
    assert find_writers([build_write(1.0, "A", b"\xff\n")], build_lines("\\xff")) == ["A"]


def test_earlier_of_two_threads_with_the_same_text_is_taken() -> None:
    writes = [build_write(1.1, "B", b"same\n"), build_write(1.0, "A", b"same\n")]
    assert find_writers(writes, build_lines("same", "same")) == ["A", "B"]


def test_wrong_match_of_equal_lines_is_corrected_by_a_later_line() -> None:
    writes = [
        build_write(1.0, "A", b"same\n"),
        build_write(1.1, "B", b"same\nb\n"),
        build_write(1.2, "A", b"a\n"),
    ]
    assert find_writers(writes, build_lines("same", "b", "same", "a")) == ["B", "B", "A", "A"]


def test_line_that_was_never_captured_is_skipped() -> None:
    writes = [build_write(1.0, "A", b"lost\n"), build_write(1.1, "A", b"a\n")]
    assert find_writers(writes, build_lines("a")) == ["A"]


@pytest.mark.parametrize(("skipped", "writer"), [(MAX_SKIPPED - 1, "A"), (MAX_SKIPPED, None)])
def test_only_so_many_lines_of_a_thread_are_skipped(skipped: int, writer: str | None) -> None:
    writes = [build_write(1.0, "A", b"lost\n" * skipped + b"a\n")]
    assert find_writers(writes, build_lines("a")) == [writer]


def test_truncated_write_matches_only_its_complete_lines() -> None:
    writes = [build_write(1.0, "A", b"a\n" + b"x" * 50, size=9001), build_write(1.1, "A", b"b\n")]
    assert find_writers(writes, build_lines("a", "x" * 8999 + "b")) == ["A", None]
    assert find_writers(writes, build_lines("a", "b")) == ["A", "A"]
