"""Pictures of the real runs of all snippets."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable
from platform import python_version

import pytest
from helpers.programs import build_snippet
from helpers.repository import PROJECT

from snippet_engine.execution.runner import execute
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Run, Span, Worker

NAMES = [name for name in PROJECT.names() if PROJECT.read(name).can_run_on(python_version())]


def count_concurrent(spans: Iterable[Span], until: float) -> int:
    """Return the largest number of spans that overlap."""
    changes = [(span.began, 1) for span in spans]
    changes += [(until if span.ended is None else span.ended, -1) for span in spans]
    maximum = current = 0
    for _, change in sorted(changes):  # an end is before a start at the same time
        current += change
        maximum = max(maximum, current)
    return maximum


def select_workers(run: Run, kind: str) -> list[Worker]:
    """Return the workers of one kind."""
    return [worker for worker in run.workers if worker.kind == kind]


def find_sleeps(run: Run, workers: Iterable[Worker]) -> list[Span]:
    """Return the spans in which `workers` sleep."""
    ids = {worker.id for worker in workers}
    return [span for span in run.spans if span.worker in ids and span.reason == "sleep"]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_lines_are_attributed_to_the_workers_that_wrote_them(stream: str) -> None:
    """A line that matches no write is attributed to the main process, which writes none here."""
    run = execute(
        build_snippet(
            f"""
            import multiprocessing, sys, threading

            def write(name):
                for n in range(5):
                    print(name, n, file=sys.{stream})

            context = multiprocessing.get_context("fork")
            for kind, name in ((threading.Thread, "thread"), (context.Process, "process")):
                worker = kind(target=write, name=name, args=(name,))
                worker.start()
                worker.join()
            """
        )
    )
    names = {worker.id: worker.name for worker in run.workers}
    writers = [names[line.worker] for line in run.lines if line.stream == stream and line.worker]
    assert writers == ["thread"] * 5 + ["process"] * 5
    assert all(line.text.startswith(names[line.worker or ""]) for line in run.lines)


@pytest.mark.parametrize("name", NAMES)
def test_timeline_is_small_and_reproducible(name: str, project_runs: ProjectRuns) -> None:
    """Less than 12 KB compressed, and the same for a run read from JSON."""
    run = project_runs.run_of(name)
    picture = render_timeline(run, "x")
    assert picture == render_timeline(Run.from_json(run.to_json()), "x")
    assert len(gzip.compress(picture.encode())) < 12_000


@pytest.mark.parametrize("name", NAMES)
def test_only_stopped_programs_have_workers_alive_at_the_end(
    name: str, project_runs: ProjectRuns
) -> None:
    run = project_runs.run_of(name)
    alive = [worker for worker in run.workers if worker.ended is None]
    open_spans = [span for span in run.spans if span.ended is None]
    assert bool(alive) == bool(open_spans) == (run.ending == "stopped")


# For each name: a kind, the number of its workers, and how many sleep concurrently.
SHAPES = {
    "one-at-a-time/three-computations": ("process", 4, 1),
    "processes/process-for-each-task": ("process", 10, 9),
    "processes/process-pool": ("process", 10, 9),
    "threads/thread-for-each-task": ("thread", 9, 9),
    "threads/thread-pool": ("thread", 9, 9),
    "queues/producer-and-consumer": ("process", 3, 2),
    "taking-turns/two-generators": ("generator", 2, 1),
    "taking-turns/nine-generators": ("generator", 9, 1),
    "taking-turns/scheduler-by-hand": ("generator", 3, 1),
    "asyncio/three-tasks": ("task", 4, 3),
    "asyncio/nine-tasks": ("task", 10, 9),
}


@pytest.mark.parametrize("name", SHAPES)
def test_run_has_the_expected_workers_and_concurrent_sleeps(
    name: str, project_runs: ProjectRuns
) -> None:
    kind, number, sleeping = SHAPES[name]
    run = project_runs.run_of(name)
    workers = select_workers(run, kind)
    assert len(workers) == number
    assert count_concurrent(find_sleeps(run, workers), run.seconds) == sleeping


@pytest.mark.parametrize("name", ["queues/producer-and-consumer"])
def test_feeder_thread_of_a_queue_belongs_to_the_producer(
    name: str, project_runs: ProjectRuns
) -> None:
    run = project_runs.run_of(name)
    (feeder,) = select_workers(run, "thread")
    producer = next(worker for worker in run.workers if worker.name == "producer")
    assert feeder.parent == producer.id


@pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this Python has no GIL"
)
@pytest.mark.skipif(sys.platform != "linux", reason="shares are read from Linux's /proc")
def test_cpu_shares_of_two_threads_add_up_to_one_core() -> None:
    """With the GIL."""
    run = execute(
        build_snippet(
            """
            import sys, threading, time

            def compute():
                until = time.monotonic() + 0.5
                while time.monotonic() < until:
                    sum(range(1000))

            threads = [threading.Thread(target=compute) for _ in range(2)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """,
            head="alone = true",
        )
    )
    first, second = select_workers(run, "thread")

    def share_at(worker: Worker, at: float) -> float:
        return [share for began, share in worker.shares if began <= at][-1]

    # Compared while both are alive; an unchanged share is not repeated.
    start = max(first.shares[0][0], second.shares[0][0])
    end = min(first.ended or 0.0, second.ended or 0.0)
    times = [start + n * first.sample for n in range(int((end - start) / first.sample))]
    assert len(times) >= 3
    sums = [share_at(first, at) + share_at(second, at) for at in times]
    assert sum(sums) / len(sums) <= 1.2
