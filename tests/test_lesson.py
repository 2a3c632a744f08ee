"""What is said of a run in words."""

from __future__ import annotations

import pytest
from handmade import a_run, a_worker, main

from snippet_engine.lesson import lesson
from snippet_engine.run import Kind, Run, Span, State
from snippet_engine.words import duration, listed


def in_turn(kind: Kind, state: State = "waiting", overlap: float = 0.0) -> Run:
    """Two workers that each wait (or run) for half of the time."""
    reason = "sleep" if state == "waiting" else ""
    return a_run(
        [main(), a_worker(1, kind, ended=0.5 + overlap), a_worker(2, kind, began=0.5)],
        [
            Span("w1", state, 0, 0.5 + overlap, reason),
            Span("w2", state, 0.5, 1, reason),
        ],
    )


def test_the_lesson_of_workers_in_turn() -> None:
    """Sleeps that stand end to end are told so, and only where they never overlap."""
    turns = "2 generators wait in sleep in turn, never two at once."
    assert lesson(in_turn("generator")) == turns
    assert lesson(in_turn("process", "running")) == "2 processes run in turn, never two at once."
    assert lesson(in_turn("process", overlap=0.01)) == "3 processes in 1.00 s."


def test_the_lesson_of_tasks_says_that_they_share_a_thread() -> None:
    """Where several overlap only at times, it says how many and for how long in all."""
    workers = [main(), *(a_worker(n, "task", f"Task-{n}") for n in (1, 2, 3))]
    spans = [Span(f"w{n}", "waiting", at, at + 0.3, "sleep") for n in (1, 2) for at in (0.0, 0.4)]
    spans.append(Span("w3", "waiting", 0.9, 1.0, "sleep"))
    expected = "Up to 2 tasks wait in sleep at once in one thread, 0.60 s in all."
    assert lesson(a_run(workers, spans)) == expected
    threaded = a_run([*workers, a_worker(4)], spans)
    assert lesson(threaded) == "Up to 2 tasks wait in sleep at once, 0.60 s in all."


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, ", each with half a core"),
        (1.0, ", each with a core of its own"),
        (0.3, ", each with 30% of a core"),
        (None, ""),
    ],
)
def test_the_lesson_of_workers_that_compute(share: float | None, words: str) -> None:
    """It says how much of a core each had, where that was measured."""
    shares = () if share is None else tuple((at / 10, share) for at in range(10))
    run = a_run([main(), a_worker(1, shares=shares), a_worker(2, shares=shares)])
    assert lesson(run) == f"2 threads run at once{words}, 0.00 s to 1.00 s."


def test_the_lesson_of_one_worker_says_how_it_spent_its_time() -> None:
    """A program of one process runs, or waits and runs."""
    assert lesson(a_run([main()])) == "One process runs for 1.00 s."
    waits = a_run([main()], [Span("w0", "waiting", 0, 0.9, "")])
    assert lesson(waits) == "One process waits for something for 0.90 s and runs for 0.10 s."


def test_the_lesson_where_nothing_stands_out_counts_the_workers() -> None:
    """One thread beside main is no crowd."""
    assert lesson(a_run([main(), a_worker(1)])) == "1 process and 1 thread in 1.00 s."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0015, "1.5 ms"), (0.041, "41 ms"), (1.0666, "1.07 s"), (31.26, "31.3 s")],
)
def test_durations_have_the_unit_that_a_reader_expects(seconds: float, words: str) -> None:
    """Short times are milliseconds, long ones have fewer digits."""
    assert duration(seconds) == words


def test_lists_read_as_a_sentence() -> None:
    """None, one, two and three items."""
    assert [listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
