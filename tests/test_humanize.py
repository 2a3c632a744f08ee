"""Wording of durations, sizes, counts and wait reasons."""

from __future__ import annotations

import pytest
from helpers.handmade import make_nine_threads

from snippet_engine.humanize import (
    describe_wait,
    format_duration,
    format_size,
    format_worker_kinds,
    join_words,
    pluralise,
)


@pytest.mark.parametrize(
    ("seconds", "total", "text"),
    [
        (0.0123, None, "12.3 ms"),
        (0.19, None, "190 ms"),
        (0.2, None, "0.20 s"),
        (19.996, None, "20.00 s"),
        (20.04, None, "20.0 s"),
        (0.0123, 1.0, "0.01 s"),
        (0.0123, 0.1, "12 ms"),
    ],
)
def test_duration_is_written_in_the_unit_of_the_total(
    seconds: float, total: float | None, text: str
) -> None:
    assert format_duration(seconds, total) == text


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(0, "thread", "0 threads"), (1, "thread", "1 thread"), (2, "process", "2 processes")],
)
def test_noun_has_the_number_of_its_count(number: int, noun: str, text: str) -> None:
    assert pluralise(number, noun) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(words: list[str], text: str) -> None:
    assert join_words(words) == text


@pytest.mark.parametrize(
    ("count", "text"), [(9_000_000, "9.0 MB"), (10_000_000, "10 MB"), (123_456_789, "123 MB")]
)
def test_size_is_written_in_megabytes(count: int, text: str) -> None:
    assert format_size(count) == text


def test_workers_are_counted_by_kind() -> None:
    assert format_worker_kinds(make_nine_threads().workers) == "1 process and 9 threads"


@pytest.mark.parametrize(
    ("reason", "text"),
    [("lock", "for a lock"), ("", "for something"), ("time.sleep", "in time.sleep")],
)
def test_wait_reason_follows_the_verb(reason: str, text: str) -> None:
    assert describe_wait(reason) == text
