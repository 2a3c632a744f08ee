"""Traces of the blocks of the source material."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest
from helpers.probed import (
    TIME_LIMIT,
    ProbedRun,
    RunProgram,
    count_concurrent,
    is_overlapping,
    python,
    read_block,
    run_program,
)

__all__ = ["python", "run_program"]  # fixtures

FORKING_BLOCKS = (3, 4, 11)  # without a main guard, so written for this start method
CACHED_RUNS: dict[tuple[object, ...], ProbedRun] = {}


@pytest.fixture
def run_once(run_program: RunProgram, python: str) -> RunProgram:
    """Return a function that runs programs as `run_program` does, each only once."""

    def run_once(program: str, **options: object) -> ProbedRun:
        defaults = {"seconds": TIME_LIMIT, "suffix": ".py", "probe": True, "lines": 0}
        options = {**defaults, **options}
        key = (python, program, *options.values())
        if key not in CACHED_RUNS:
            CACHED_RUNS[key] = run_program(program, **options)
        return CACHED_RUNS[key]

    return run_once


@pytest.mark.slow
def test_subprocesses_of_a_shell_sleep_one_after_another(run_once: RunProgram) -> None:
    probed = run_once(read_block(2), suffix=".zsh")
    zsh, *children = probed.find_workers("process")
    assert [zsh.name, len(children)] == ["zsh", 3]
    assert {child.parent for child in children} == {zsh.id}
    sleeps = [probed.find_longest_wait(child, "sleep") for child in children]
    assert not any(is_overlapping(*pair) for pair in combinations(sleeps, 2))
    assert [name for name, _ in probed.find_written_lines()] == [child.name for child in children]
    assert len(probed.find_waits(zsh, "child process")) == 3


@pytest.mark.slow
def test_nine_forked_processes_sleep_concurrently(run_once: RunProgram) -> None:
    probed = run_once(read_block(3), start_method="fork")
    main, *children = probed.find_workers("process")
    assert {child.name for child in children} == {f"target {n}" for n in range(1, 10)}
    assert {child.parent for child in children} == {main.id}
    assert count_concurrent([probed.find_longest_wait(child, "sleep") for child in children]) == 9
    assert probed.find_waits(main, "join")
    assert {name for name, _ in probed.find_written_lines()} == {"main"}
    assert any(target == "main" and reason == "join" for _, target, reason in probed.find_links())


def test_process_pool_sleeps_concurrently_and_names_its_helper_threads(
    run_once: RunProgram,
) -> None:
    probed = run_once(read_block(4), start_method="fork")
    workers = probed.find_workers("process", "_process_worker")
    assert len(workers) == 9
    assert count_concurrent([probed.find_longest_wait(worker, "sleep") for worker in workers]) == 9
    assert {worker.name for worker in probed.find_workers("thread")} == {
        "executor manager",
        "queue feeder",
    }
    assert not probed.find_workers("generator")
    assert probed.find_waits(probed.find_worker("main"), "result")


def test_nine_threads_sleep_concurrently_and_write_their_lines(run_once: RunProgram) -> None:
    probed = run_once(read_block(5))
    threads = probed.find_workers("thread")
    assert len(probed.trace.workers) == 10
    assert [thread.name for thread in threads] == [f"target {n}" for n in range(1, 10)]
    assert {(thread.function, thread.line) for thread in threads} == {("target", 5)}
    assert count_concurrent([probed.find_longest_wait(thread, "sleep") for thread in threads]) == 9
    assert Counter(name for name, _ in probed.find_written_lines()) == Counter(
        t.name for t in threads
    )
    main = probed.find_worker("main")
    assert probed.find_longest_wait(main, "join").line == 14
    assert ("main", "join") in {(target, reason) for _, target, reason in probed.find_links()}
    assert all(thread.ended is not None for thread in threads)


def test_thread_pool_sleeps_concurrently(run_once: RunProgram) -> None:
    """Neither its context manager nor `map` is a fiber."""
    probed = run_once(read_block(6))
    workers = probed.find_workers("thread")
    assert [worker.name for worker in workers] == [f"worker {n}" for n in range(1, 10)]
    assert count_concurrent([probed.find_longest_wait(worker, "sleep") for worker in workers]) == 9
    assert len(probed.trace.workers) == 10


@pytest.mark.slow
@pytest.mark.parametrize("number", [7, 10])
def test_endless_threads_are_alive_and_waiting_when_stopped(
    run_once: RunProgram, number: int
) -> None:
    program = read_block(number)
    probed = run_once(program, lines=6)
    first, second = probed.find_workers("thread")
    assert [first.name, second.name] == ["target1", "target2"]
    assert first.ended is second.ended is probed.find_worker("main").ended is None
    sleeps = [span for thread in (first, second) for span in probed.find_waits(thread, "sleep")]
    assert count_concurrent(sleeps) == 2
    assert probed.find_longest_wait(probed.find_worker("main"), "join").ended is None
    for name, text in probed.find_written_lines():
        assert text.startswith(name.replace("target", "thread"))


@pytest.mark.slow
def test_queue_between_processes_has_a_feeder_thread(run_once: RunProgram) -> None:
    probed = run_once(read_block(11), lines=3, start_method="fork")
    _, *children = probed.find_workers("process")
    assert {child.name for child in children} == {"producer", "consumer"}
    [feeder] = probed.find_workers("thread")
    assert (feeder.name, feeder.parent) == ("queue feeder", probed.find_worker("producer").id)
    assert probed.find_waits(feeder, "queue")
    assert ("producer", "queue feeder", "queue") in probed.find_links()
    assert {name for name, _ in probed.find_written_lines()} == {"consumer"}


@pytest.mark.slow
def test_generators_driven_by_hand_are_suspended_between_turns(run_once: RunProgram) -> None:
    probed = run_once(read_block(14))
    first, second = probed.find_workers("generator")
    assert [first.name, second.name] == ["task 'aaa'", "task 'bbb'"]
    sleeps = [probed.find_longest_wait(fiber, "sleep") for fiber in (first, second)]
    assert not is_overlapping(*sleeps)
    assert [name for name, _ in probed.find_written_lines()] == [first.name, second.name] * 2
    states = {span.state for span in probed.trace.spans if span.worker == "w0"}
    assert states == {"running"}
    suspended = [s for s in probed.trace.spans if s.worker == second.id and s.state == "suspended"]
    assert any(span.ended and span.ended - span.began > 0.5 for span in suspended)


@pytest.mark.slow
def test_generators_of_a_scheduler_never_run_concurrently(run_once: RunProgram) -> None:
    probed = run_once(read_block(15), lines=7)
    fibers = probed.find_workers("generator")
    assert len(fibers) == 3
    busy = [s for s in probed.trace.spans if s.worker != "w0" and s.state != "suspended"]
    assert len([span for span in busy if span.reason == "sleep"]) >= 3
    for span, other in combinations(busy, 2):
        assert span.worker == other.worker or not is_overlapping(span, other)
    for name, text in probed.find_written_lines():
        assert text.endswith(name.partition(" ")[2])


def test_three_tasks_sleep_concurrently_while_the_event_loop_is_idle(run_once: RunProgram) -> None:
    probed = run_once(read_block(16), lines=9)
    tasks = probed.find_workers("task", "task")
    assert [task.name for task in tasks] == ["task 'aaa'", "task 'bbb'", "task 'ccc'"]
    [main_task] = probed.find_workers("task", "main")
    assert {task.parent for task in tasks} == {main_task.id}
    assert probed.find_waits(main_task, "join")
    assert count_concurrent([s for task in tasks for s in probed.find_waits(task, "sleep")]) == 3
    assert probed.find_waits(probed.find_worker("main"), "event loop idle")
    assert not probed.find_workers("thread")
    for name, text in probed.find_written_lines():
        assert text.endswith(name.partition(" ")[2])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 18))
def test_every_line_of_a_block_matches_a_write(run_once: RunProgram, number: int) -> None:
    """The names of its workers are unique."""
    program = read_block(number)
    seconds = 3 if number in (7, 10, 11, 15, 16) else TIME_LIMIT
    suffix = ".zsh" if number in (2, 8) else ".py"
    method = "fork" if number in FORKING_BLOCKS else ""
    probed = run_once(program, seconds=seconds, suffix=suffix, start_method=method)
    assert probed.lines or number in (9, 13, 17)
    unmatched = [text for _, _, text in probed.unmatched_lines]
    assert [text for text in unmatched if not text.endswith(" total")] == []  # of zsh's `time`
    assert len(set(probed.names.values())) == len(probed.names)


QUICK_BLOCKS = [1, 9, 13]
SLOW_BLOCKS = [pytest.param(number, marks=pytest.mark.slow) for number in (3, 5, 6, 12, 14, 17)]


@pytest.mark.parametrize("number", QUICK_BLOCKS + SLOW_BLOCKS)
def test_block_prints_and_exits_the_same_without_the_probe(
    run_program: RunProgram, number: int
) -> None:
    program = read_block(number)
    method = "fork" if number in FORKING_BLOCKS else ""
    with_probe, without = (
        run_program(program, probe=probe, start_method=method) for probe in (True, False)
    )
    varying = re.compile(r"\d+\.\d+s| at 0x[0-9a-f]+")

    def sort_lines(probed: ProbedRun) -> list[str]:
        return sorted(varying.sub("", text) for text in probed.select_lines())

    assert sort_lines(with_probe) == sort_lines(without)
    assert with_probe.select_lines("stderr") == without.select_lines("stderr")
    assert with_probe.exit_code == without.exit_code
