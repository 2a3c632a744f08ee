"""How many workers do the same at the same time, measured on exact stretches of time."""

from __future__ import annotations

import pytest
from helpers.handmade import a_run, a_worker, main

from snippet_engine.rendering.summary import summarise_run
from snippet_engine.run import Run, Span
from snippet_engine.tracing.concurrency import measure_concurrency

# Parts of a period: what each of two threads does in it.
TURNS = (
    ("w1", ("running", "", 0, 0.4), ("waiting", "lock", 0.4, 0.7), ("waiting", "sleep", 0.7, 1)),
    (
        "w2",
        ("waiting", "lock", 0, 0.25),
        ("waiting", "sleep", 0.25, 0.5),
        ("running", "", 0.5, 0.9),
        ("waiting", "queue", 0.9, 1),
    ),
)


def alternating(period: float) -> Run:
    """Two threads that never do the same at the same moment; a `period` is in seconds."""
    spans = [Span("w0", "waiting", 0, 1, "join")]
    for step in range(round(1 / period)):
        at = step * period
        for worker, *parts in TURNS:
            for state, reason, began, ended in parts:
                spans.append(Span(worker, state, at + began * period, at + ended * period, reason))
    return a_run([main(), a_worker(1), a_worker(2)], spans)


@pytest.mark.parametrize("period", [0.1, 0.01, 0.001])
def test_threads_that_alternate_never_run_together(period: float) -> None:
    """However short their turns are: what is drawn as one stretch is measured apart."""
    run = alternating(period)
    assert measure_concurrency(run) == 1
    assert "run at once" not in summarise_run(run)


def test_threads_that_run_together_are_counted() -> None:
    """The same two, without the gap."""
    spans = [Span("w1", "running", 0, 0.6), Span("w2", "running", 0.4, 1)]
    assert measure_concurrency(a_run([main(), a_worker(1), a_worker(2)], spans)) == 2
