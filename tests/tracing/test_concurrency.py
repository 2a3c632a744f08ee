"""Concurrency of workers, measured on exact spans of time."""

from __future__ import annotations

import pytest
from helpers.handmade import make_main_worker, make_run, make_worker

from snippet_engine.rendering.summary import summarise_run
from snippet_engine.run import Run, Span, WorkerKind
from snippet_engine.tracing.concurrency import find_concurrent_groups, measure_concurrency

# Parts of a period, and what each of two threads does in them.
SCHEDULE = (
    ("w1", ("running", "", 0, 0.4), ("waiting", "lock", 0.4, 0.7), ("waiting", "sleep", 0.7, 1)),
    (
        "w2",
        ("waiting", "lock", 0, 0.25),
        ("waiting", "sleep", 0.25, 0.5),
        ("running", "", 0.5, 0.9),
        ("waiting", "queue", 0.9, 1),
    ),
)


def alternate(period: float) -> Run:
    """Return a run of two threads that are never in the same state; `period` is in seconds."""
    spans = [Span("w0", "waiting", 0, 1, "join")]
    for step in range(round(1 / period)):
        at = step * period
        for worker, *parts in SCHEDULE:
            for state, reason, began, ended in parts:
                spans.append(Span(worker, state, at + began * period, at + ended * period, reason))
    return make_run([make_main_worker(), make_worker(1), make_worker(2)], spans)


@pytest.mark.parametrize("period", [0.1, 0.01, 0.001])
def test_threads_that_alternate_never_run_concurrently(period: float) -> None:
    """Rendering merges turns that are too short to be seen; that must not count."""
    run = alternate(period)
    assert measure_concurrency(run) == 1
    assert "run concurrently" not in summarise_run(run)


def test_threads_that_run_concurrently_are_counted() -> None:
    spans = [Span("w1", "running", 0, 0.6), Span("w2", "running", 0.4, 1)]
    assert (
        measure_concurrency(make_run([make_main_worker(), make_worker(1), make_worker(2)], spans))
        == 2
    )


def measure_spans(*spans: Span, kind: WorkerKind = "thread", function: str = "") -> int:
    workers = [
        make_main_worker(),
        *(make_worker(number, kind, function=function) for number in (1, 2)),
    ]
    return measure_concurrency(make_run(workers, spans))


def test_workers_that_wait_for_the_same_reason_are_counted() -> None:
    waits = [Span(worker, "waiting", 0, 1, "sleep") for worker in ("w1", "w2")]
    assert measure_spans(*waits) == 2
    assert measure_spans(waits[0], Span("w2", "waiting", 0, 1, "lock")) == 1


def test_brief_concurrency_is_not_counted() -> None:
    overlap = [Span("w1", "waiting", 0.48, 1, "a"), Span("w2", "waiting", 0, 0.5, "a")]
    assert measure_spans(*overlap) == 1


def test_tasks_that_run_one_at_a_time_are_no_group() -> None:
    spans = [Span("w1", "running", 0, 0.5), Span("w2", "running", 0.5, 1)]
    workers = [make_main_worker(), make_worker(1, "task"), make_worker(2, "task")]
    assert find_concurrent_groups(make_run(workers, spans)) == []


def test_idle_time_of_pool_workers_is_not_counted() -> None:
    idle = [Span(worker, "waiting", 0, 1, "queue") for worker in ("w1", "w2")]
    assert measure_spans(*idle, function="_worker") == 1
    assert measure_spans(*idle) == 2


def test_helper_threads_of_the_standard_library_are_not_counted() -> None:
    waits = [Span(worker, "waiting", 0, 1, "queue") for worker in ("w1", "w2")]
    assert measure_spans(*waits, function="_feed") == 1


def test_group_has_its_peak_and_periods() -> None:
    spans = [
        *(Span("w1", "waiting", began, began + 0.2, "sleep") for began in (0.0, 0.5)),
        Span("w2", "waiting", 0, 1, "sleep"),
    ]
    run = make_run([make_main_worker(), make_worker(1), make_worker(2)], spans)
    [group] = [group for group in find_concurrent_groups(run) if group.reason == "sleep"]
    assert (group.kind, group.state, group.concurrency) == ("thread", "waiting", 2)
    assert group.periods == [(0.0, 0.2), (0.5, 0.7)]
    assert group.seconds == pytest.approx(0.4)


def test_waits_that_are_too_brief_are_no_group() -> None:
    waits = [Span(worker, "waiting", 0.0, 0.01, "sleep") for worker in ("w1", "w2")]
    run = make_run([make_main_worker(), make_worker(1), make_worker(2)], waits)
    assert "sleep" not in {group.reason for group in find_concurrent_groups(run)}
