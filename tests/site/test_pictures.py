"""What the pictures are drawn from: the real run of every snippet, seen through the engine."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable
from platform import python_version

import pytest
from helpers.programs import snippet_of
from helpers.repository import PROJECT

from snippet_engine.execution.runner import execute
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Run, Span, Worker

NAMES = [name for name in PROJECT.names() if PROJECT.read(name).can_run_on(python_version())]


def most_at_once(spans: Iterable[Span], until: float) -> int:
    """The largest number of spans that lie beside one another."""
    changes = [(span.began, 1) for span in spans]
    changes += [(until if span.ended is None else span.ended, -1) for span in spans]
    most = now = 0
    for _, change in sorted(changes):  # an end comes before a beginning at the same moment
        now += change
        most = max(most, now)
    return most


def of_kind(run: Run, kind: str) -> list[Worker]:
    """The workers of one kind."""
    return [worker for worker in run.workers if worker.kind == kind]


def sleeps(run: Run, workers: Iterable[Worker]) -> list[Span]:
    """The waits in sleep of some workers."""
    ids = {worker.id for worker in workers}
    return [span for span in run.spans if span.worker in ids and span.reason == "sleep"]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_lines_are_attributed_to_the_workers_that_wrote_them(stream: str) -> None:
    """A line that matches no write is attributed to the main process, which writes none here."""
    run = execute(
        snippet_of(
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
def test_a_timeline_is_small_and_always_the_same(name: str, project_runs: ProjectRuns) -> None:
    """The same run gives the same picture, in less than 12 KB compressed."""
    run = project_runs.run_of(name)
    picture = render_timeline(run, "x")
    assert picture == render_timeline(Run.from_json(run.to_json()), "x")
    assert len(gzip.compress(picture.encode())) < 12_000


@pytest.mark.parametrize("name", NAMES)
def test_a_stopped_program_keeps_its_picture(name: str, project_runs: ProjectRuns) -> None:
    """Stopped, some worker is still alive and in the middle of something; ended, none is."""
    run = project_runs.run_of(name)
    alive = [worker for worker in run.workers if worker.ended is None]
    open_spans = [span for span in run.spans if span.ended is None]
    assert bool(alive) == bool(open_spans) == (run.ending == "stopped")


# name: kind, how many workers of it, how many of them sleep at once at the most
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
def test_a_picture_has_the_shape_of_its_lesson(name: str, project_runs: ProjectRuns) -> None:
    """As many workers as the program has, their sleeps beside one another or end to end."""
    kind, number, at_once = SHAPES[name]
    run = project_runs.run_of(name)
    workers = of_kind(run, kind)
    assert len(workers) == number
    assert most_at_once(sleeps(run, workers), run.seconds) == at_once


@pytest.mark.parametrize("name", ["queues/producer-and-consumer"])
def test_a_queue_between_processes_has_a_thread_that_feeds_it(
    name: str, project_runs: ProjectRuns
) -> None:
    """The thread that multiprocessing starts for a queue is shown, in the producer."""
    run = project_runs.run_of(name)
    (feeder,) = of_kind(run, "thread")
    producer = next(worker for worker in run.workers if worker.name == "producer")
    assert feeder.parent == producer.id


@pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="this Python has no GIL"
)
@pytest.mark.skipif(sys.platform != "linux", reason="shares are read from Linux's /proc")
def test_two_computing_threads_share_one_core() -> None:
    """Under the GIL the shares of two threads that compute add up to one core, no more."""
    run = execute(
        snippet_of(
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
    one, other = of_kind(run, "thread")

    def share_at(worker: Worker, at: float) -> float:
        return [share for began, share in worker.shares if began <= at][-1]

    # Looked at while both are there; where a share is as it was, there is no new one.
    there = max(one.shares[0][0], other.shares[0][0])
    looks = int((min(one.ended or 0.0, other.ended or 0.0) - there) / one.sample)
    moments = [there + n * one.sample for n in range(looks)]
    assert len(moments) >= 3
    both = [share_at(one, at) + share_at(other, at) for at in moments]
    assert sum(both) / len(both) <= 1.2
