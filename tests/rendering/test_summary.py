"""Captions of runs."""

from __future__ import annotations

import pytest
from helpers.handmade import make_main_worker, make_run, make_worker

from snippet_engine.humanize import format_duration, join_words
from snippet_engine.rendering.summary import summarise_run
from snippet_engine.run import Run, Span, WorkerKind, WorkerState
from snippet_engine.tracing.concurrency import measure_concurrency


def build_run_in_turn(
    kind: WorkerKind, state: WorkerState = "waiting", overlap: float = 0.0
) -> Run:
    """Return a run of two workers, each in `state` for half of the time."""
    reason = "sleep" if state == "waiting" else ""
    return make_run(
        [
            make_main_worker(),
            make_worker(1, kind, ended=0.5 + overlap),
            make_worker(2, kind, began=0.5),
        ],
        [
            Span("w1", state, 0, 0.5 + overlap, reason),
            Span("w2", state, 0.5, 1, reason),
        ],
    )


def test_workers_in_turn_are_described_only_if_they_never_overlap() -> None:
    turns = "2 generators wait in sleep in turn, never two at the same time."
    assert summarise_run(build_run_in_turn("generator")) == turns
    assert (
        summarise_run(build_run_in_turn("process", "running"))
        == "2 processes run in turn, never two at the same time."
    )
    each = "target 1 waits in sleep for 0.51 s and target 2 waits in sleep for 0.50 s"
    assert (
        summarise_run(build_run_in_turn("process", overlap=0.01))
        == f"3 processes in 1.00 s: {each}."
    )


def test_tasks_of_one_thread_are_described_as_sharing_it() -> None:
    workers = [make_main_worker(), *(make_worker(n, "task", f"Task-{n}") for n in (1, 2, 3))]
    spans = [Span(f"w{n}", "waiting", at, at + 0.3, "sleep") for n in (1, 2) for at in (0.0, 0.4)]
    spans.append(Span("w3", "waiting", 0.9, 1.0, "sleep"))
    expected = "Up to 2 tasks wait in sleep concurrently in one thread, 0.60 s in all."
    assert summarise_run(make_run(workers, spans)) == expected
    threaded = make_run([*workers, make_worker(4)], spans)
    assert summarise_run(threaded) == "Up to 2 tasks wait in sleep concurrently, 0.60 s in all."


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, ", each with half a core"),
        (1.0, ", each with a core of its own"),
        (0.3, ", each with 30% of a core"),
        (0.02, ""),  # they wait for something unknown
        (None, ""),
    ],
)
def test_running_workers_are_described_with_their_mean_cpu_share(
    share: float | None, words: str
) -> None:
    shares = () if share is None else tuple((at / 10, share) for at in range(10))
    run = make_run(
        [make_main_worker(), make_worker(1, shares=shares), make_worker(2, shares=shares)]
    )
    assert summarise_run(run) == f"2 threads run concurrently{words}, 0.00 s to 1.00 s."


def test_single_worker_is_described_by_its_longest_states() -> None:
    assert summarise_run(make_run([make_main_worker()])) == "One process runs for 1.00 s."
    waits = make_run([make_main_worker()], [Span("w0", "waiting", 0, 0.9, "")])
    assert summarise_run(waits) == "One process waits for something for 0.90 s and runs for 0.10 s."


def test_other_workers_are_counted_and_their_longest_activity_named() -> None:
    workers = [make_main_worker(), make_worker(1)]
    waits = Span("w1", "waiting", 0.2, 0.9, "lock")
    start = "1 process and 1 thread in 1.00 s: target 1"
    assert summarise_run(make_run(workers)) == f"{start} runs for 1.00 s."
    assert summarise_run(make_run(workers, [waits])) == f"{start} waits for a lock for 0.70 s."


def test_first_worker_is_described_if_all_others_are_suspended() -> None:
    workers = [make_main_worker(), *(make_worker(n, "coroutine") for n in range(1, 5))]
    rests = [Span(f"w{n}", "suspended", 0, 1) for n in range(1, 5)]
    kinds = "1 process and 4 coroutines in 1.00 s"
    waits = Span("w0", "waiting", 0.1, 1, "sleep")
    assert (
        summarise_run(make_run(workers, [waits, *rests]))
        == f"{kinds}: main waits in sleep for 0.90 s."
    )
    moment = Span("w0", "waiting", 0.96, 1, "sleep")
    assert summarise_run(make_run(workers, [moment, *rests])) == f"{kinds}."


def test_tasks_that_run_in_turn_in_one_thread_are_only_counted() -> None:
    workers = [make_main_worker(), *(make_worker(n, "task", f"Task-{n}") for n in range(1, 5))]
    spans = [Span(f"w{n}", "running", 0.05 + n / 5, 0.25 + n / 5) for n in range(1, 5)]
    for n in range(1, 5):
        spans.append(Span(f"w{n}", "suspended", 0, 0.05 + n / 5))
        spans.append(Span(f"w{n}", "suspended", 0.25 + n / 5, 1))
    assert summarise_run(make_run(workers, spans)) == "1 process and 4 tasks in 1.00 s."


def test_idle_time_of_pool_workers_is_not_described() -> None:
    workers = [
        make_main_worker(),
        *(make_worker(n, name=f"pool {n}", function="_worker") for n in (1, 2)),
    ]
    spans = [Span(f"w{n}", "waiting", 0, 0.8, "queue") for n in (1, 2)]
    spans += [Span(f"w{n}", "waiting", 0.8, 1, "sleep") for n in (1, 2)]
    assert (
        summarise_run(make_run(workers, spans))
        == "2 threads wait in sleep concurrently, 0.80 s to 1.00 s."
    )
    assert measure_concurrency(make_run(workers, spans[:2])) == 2  # outside spans they run
    idle = [Span(f"w{n}", "waiting", 0, 1, "queue") for n in (1, 2)]
    assert measure_concurrency(make_run(workers, idle)) == 1
    assert summarise_run(make_run(workers, idle)) == "1 process and 2 threads in 1.00 s."


def test_the_programs_own_workers_waiting_on_a_queue_are_described() -> None:
    workers = [make_main_worker(), *(make_worker(n, function="worker", line=3) for n in (1, 2))]
    spans = [Span(f"w{n}", "waiting", 0, 1, "queue") for n in (1, 2)]
    assert (
        summarise_run(make_run(workers, spans))
        == "2 threads wait on a queue concurrently, 0.00 s to 1.00 s."
    )


def test_helper_threads_of_the_library_are_not_described() -> None:
    workers = [
        make_main_worker(),
        *(make_worker(n, name=f"feeder {n}", function="_feed") for n in (1, 2)),
    ]
    spans = [Span(f"w{n}", "waiting", 0, 1, "queue") for n in (0, 1, 2)]
    caption = "1 process and 2 threads in 1.00 s: main waits on a queue for 1.00 s."
    assert summarise_run(make_run(workers, spans)) == caption


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0015, "1.5 ms"), (0.041, "41 ms"), (1.0666, "1.07 s"), (31.26, "31.3 s")],
)
def test_duration_is_in_milliseconds_below_a_fifth_of_a_second(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [join_words(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
