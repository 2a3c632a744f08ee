"""Fibers: generators, coroutines and tasks, with their turns."""

from __future__ import annotations

import sys

import pytest
from helpers.probed import RunProgram, python, run_program

from snippet_engine.tracing.events import FiberStarted, TurnBegun, TurnEnded

__all__ = ["python", "run_program"]  # fixtures

many_turns = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python 3.11 traces fewer events of a thread without waits"
)


def test_uneventful_generator_is_not_recorded(run_program: RunProgram) -> None:
    probed = run_program(
        """
        def steps():
            for n in range(100): yield n
        print(sum(steps()))
        """
    )
    # A busy machine may take the core away for 1 ms in a turn.
    assert len(probed.find_events(TurnBegun)) < 50


def test_generator_is_recorded_from_its_first_eventful_turn_on(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import time
        def steps(name):
            yield
            time.sleep(0.01)
            yield
        for _ in steps("first"): pass
        """
    )
    [fiber] = probed.find_events(FiberStarted)
    assert (fiber.worker_kind, fiber.function, fiber.line) == ("generator", "steps", 3)
    assert (fiber.argument, fiber.has_yielded, fiber.parent_fiber) == ("'first'", True, 0)
    [worker] = probed.find_workers("generator")
    assert probed.find_longest_wait(worker, "sleep").line == 5


def test_tracing_stops_after_many_uneventful_turns(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio, sys
        Fiber = sys.modules["_snippet_probe.coroutines"].Fiber
        async def main():
            for _ in range(20_000): await asyncio.sleep(0)
        asyncio.run(main())
        print(Fiber.uneventful_turns < 10_000)
        """
    )
    assert probed.select_lines() == ["True"]
    assert len(probed.find_events(TurnBegun)) < 10_000


@pytest.mark.parametrize("number", [10, pytest.param(250, marks=many_turns)])
def test_task_is_suspended_or_waiting_after_uneventful_turns(
    run_program: RunProgram, number: int
) -> None:
    """Its last turns may not be recorded; it must not seem to run while it waits."""
    probed = run_program(
        f"""
        import asyncio
        async def work():
            for _ in range({number}): await asyncio.sleep(0)
            await asyncio.sleep(0.15)
            print("awake")
        async def main():
            await asyncio.gather(work(), asyncio.sleep(0.3))
        asyncio.run(main())
        """
    )
    [task] = probed.find_workers("task", "work")
    [(writer, text)] = probed.find_written_lines()
    assert (writer, text) == (task.name, "awake")
    running = [
        span
        for span in probed.trace.spans
        if span.worker == task.id and span.state == "running" and span.ended is not None
    ]
    assert all(span.ended - span.began < 0.12 for span in running if span.ended is not None)


@pytest.mark.parametrize("number", [10, 5000])
def test_coroutine_is_suspended_after_uneventful_turns(
    run_program: RunProgram, number: int
) -> None:
    """The turns after MAX_UNEVENTFUL_TURNS are not traced; their time is not counted as running."""
    probed = run_program(
        f"""
        import time, types
        @types.coroutine
        def pause(): yield
        async def work():
            print("begins")
            for _ in range({number}): await pause()
        coroutine = work()
        for _ in range({number}): coroutine.send(None)
        time.sleep(0.2)
        """
    )
    [worker] = probed.find_workers("coroutine")
    assert probed.find_written_lines() == [(worker.name, "begins")]
    running = [
        span
        for span in probed.trace.spans
        if span.worker == worker.id and span.state == "running" and span.ended is not None
    ]
    assert all(span.ended - span.began < 0.2 for span in running if span.ended is not None)


@many_turns
def test_wait_between_uneventful_turns_is_recorded(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio
        async def main():
            for _ in range(300): await asyncio.sleep(0)
            await asyncio.sleep(0.05)
        asyncio.run(main())
        """
    )
    assert "sleep" in {turn.reason for turn in probed.find_events(TurnEnded)}
    [task] = probed.find_workers("task")
    assert probed.find_longest_wait(task, "sleep").line == 5


def test_task_that_is_renamed_has_its_last_name(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio
        async def work():
            await asyncio.sleep(0.01)
            asyncio.current_task().set_name("fetcher")
            await asyncio.sleep(0.01)
            print("done")
        asyncio.run(work())
        """
    )
    assert probed.find_written_lines() == [("fetcher", "done")]


def test_delegation_opens_no_other_fiber(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import time
        def inner():
            time.sleep(0.01)
            yield
        def outer():
            yield from inner()
        for _ in outer(): pass
        """
    )
    assert [fiber.function for fiber in probed.find_events(FiberStarted)] == ["outer"]


def test_generator_in_a_generator_is_its_child(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import time
        def inner():
            time.sleep(0.01)
            yield
            time.sleep(0.01)
        def outer():
            for _ in inner(): yield
        for _ in outer(): pass
        """
    )
    parents = {worker.name: worker.parent for worker in probed.find_workers("generator")}
    assert parents == {"outer": "w0", "inner": probed.find_worker("outer").id}


@many_turns
def test_generator_is_traced_again_after_its_driver_prints(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import sys, time
        is_uneventful = sys.modules["_snippet_probe.coroutines"].is_uneventful
        seconds = 0
        def work():
            while True:
                if seconds: time.sleep(seconds)
                yield
        steps = work()
        while not is_uneventful(): next(steps)
        time.sleep(0.15)
        print("traced again")
        seconds = 0.01
        for _ in range(3): next(steps)
        """
    )
    [worker] = probed.find_workers("generator")
    assert [span.line for span in probed.find_waits(worker, "sleep")] == [7, 7, 7]


def test_keyword_only_argument_distinguishes_tasks(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio
        async def work(*, name):
            await asyncio.sleep(0.01)
        async def main():
            await asyncio.gather(work(name="left"), work(name="right"))
        asyncio.run(main())
        """
    )
    names = [worker.name for worker in probed.find_workers("task", "work")]
    assert names == ["work 'left'", "work 'right'"]
