"""What the probe tells of each block of the source material."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest
from helpers.probed import LONGEST, Probed, Run, block, overlap, python, run

__all__ = ["python", "run"]  # fixtures

FORKING = (3, 4, 11)  # blocks without a main guard, written for this start method
KNOWN: dict[tuple[object, ...], Probed] = {}


@pytest.fixture
def once(run: Run, python: str) -> Run:
    """Runs a block as `run` does, but only once for all that is asked of it."""

    def once(program: str, **how: object) -> Probed:
        how = {"seconds": LONGEST, "suffix": ".py", "probe": True, "lines": 0, **how}
        key = (python, program, *how.values())
        if key not in KNOWN:
            KNOWN[key] = run(program, **how)
        return KNOWN[key]

    return once


@pytest.mark.slow
def test_three_processes_one_after_another(once: Run) -> None:
    """Three Python processes under zsh sleep one after another and write a line each."""
    probed = once(block(2), suffix=".zsh")
    zsh, *children = probed.workers("process")
    assert [zsh.name, len(children)] == ["zsh", 3]
    assert {child.parent for child in children} == {zsh.id}
    sleeps = [probed.longest(child, "sleep") for child in children]
    assert not any(overlap(*pair) for pair in combinations(sleeps, 2))
    assert [name for name, _ in probed.written()] == [child.name for child in children]
    assert len(probed.waits(zsh, "child process")) == 3


@pytest.mark.slow
def test_nine_processes(once: Run) -> None:
    """Nine forked processes, named one by one, sleep beside one another; main joins them."""
    probed = once(block(3), start_method="fork")
    main, *children = probed.workers("process")
    assert {child.name for child in children} == {f"target {n}" for n in range(1, 10)}
    assert {child.parent for child in children} == {main.id}
    assert probed.at_once([probed.longest(child, "sleep") for child in children]) == 9
    assert probed.waits(main, "join")
    assert {name for name, _ in probed.written()} == {"main"}
    assert any(target == "main" and reason == "join" for _, target, reason in probed.links())


def test_pool_of_processes(once: Run) -> None:
    """A pool of nine processes sleeps at once, and its helper threads bear names."""
    probed = once(block(4), start_method="fork")
    workers = probed.workers("process", "_process_worker")
    assert len(workers) == 9
    assert probed.at_once([probed.longest(worker, "sleep") for worker in workers]) == 9
    assert {worker.name for worker in probed.workers("thread")} == {
        "executor manager",
        "queue feeder",
    }
    assert not probed.workers("generator")
    assert probed.waits(probed.worker("main"), "result")


def test_nine_threads(once: Run) -> None:
    """Nine threads sleep beside one another, and each writes its line."""
    probed = once(block(5))
    threads = probed.workers("thread")
    assert len(probed.trace.workers) == 10
    assert [thread.name for thread in threads] == [f"target {n}" for n in range(1, 10)]
    assert {(thread.function, thread.line) for thread in threads} == {("target", 5)}
    assert probed.at_once([probed.longest(thread, "sleep") for thread in threads]) == 9
    assert Counter(name for name, _ in probed.written()) == Counter(t.name for t in threads)
    main = probed.worker("main")
    assert probed.longest(main, "join").line == 14
    assert ("main", "join") in {(target, reason) for _, target, reason in probed.links()}
    assert all(thread.ended is not None for thread in threads)


def test_pool_of_threads(once: Run) -> None:
    """Nine workers of a pool sleep at once; neither context manager nor mapping is a lane."""
    probed = once(block(6))
    workers = probed.workers("thread")
    assert [worker.name for worker in workers] == [f"worker {n}" for n in range(1, 10)]
    assert probed.at_once([probed.longest(worker, "sleep") for worker in workers]) == 9
    assert len(probed.trace.workers) == 10


@pytest.mark.slow
@pytest.mark.parametrize("number", [7, 10])
def test_two_threads_without_end(once: Run, number: int) -> None:
    """Two endless threads are still alive, and waiting, when they are stopped."""
    program = block(number)
    probed = once(program, lines=6)
    first, second = probed.workers("thread")
    assert [first.name, second.name] == ["target1", "target2"]
    assert first.ended is second.ended is probed.worker("main").ended is None
    sleeps = [span for each in (first, second) for span in probed.waits(each, "sleep")]
    assert probed.at_once(sleeps) == 2
    assert probed.longest(probed.worker("main"), "join").ended is None
    for name, text in probed.written():
        assert text.startswith(name.replace("target", "thread"))


@pytest.mark.slow
def test_producer_and_consumer(once: Run) -> None:
    """Producer and consumer are processes; the queue's own thread is shown as what it is."""
    probed = once(block(11), lines=3, start_method="fork")
    _, *children = probed.workers("process")
    assert {child.name for child in children} == {"producer", "consumer"}
    [feeder] = probed.workers("thread")
    assert (feeder.name, feeder.parent) == ("queue feeder", probed.worker("producer").id)
    assert probed.waits(feeder, "queue")
    assert ("producer", "queue feeder", "queue") in probed.links()
    assert {name for name, _ in probed.written()} == {"consumer"}


@pytest.mark.slow
def test_two_generators(once: Run) -> None:
    """Two generators driven by hand sleep end to end; between their turns they are suspended."""
    probed = once(block(14))
    first, second = probed.workers("generator")
    assert [first.name, second.name] == ["task 'aaa'", "task 'bbb'"]
    sleeps = [probed.longest(lane, "sleep") for lane in (first, second)]
    assert not overlap(*sleeps)
    assert [name for name, _ in probed.written()] == [first.name, second.name] * 2
    states = {span.state for span in probed.trace.spans if span.worker == "w0"}
    assert states == {"running"}
    suspended = [s for s in probed.trace.spans if s.worker == second.id and s.state == "suspended"]
    assert any(span.ended and span.ended - span.began > 0.5 for span in suspended)


@pytest.mark.slow
def test_scheduler_by_hand(once: Run) -> None:
    """Three generators never overlap: while one sleeps, the others are suspended."""
    probed = once(block(15), lines=7)
    lanes = probed.workers("generator")
    assert len(lanes) == 3
    busy = [s for s in probed.trace.spans if s.worker != "w0" and s.state != "suspended"]
    assert len([span for span in busy if span.reason == "sleep"]) >= 3
    for one, other in combinations(busy, 2):
        assert one.worker == other.worker or not overlap(one, other)
    for name, text in probed.written():
        assert text.endswith(name.partition(" ")[2])


def test_three_asyncio_tasks(once: Run) -> None:
    """Three tasks of one thread wait in sleep at once, while its loop is idle."""
    probed = once(block(16), lines=9)
    tasks = probed.workers("task", "task")
    assert [task.name for task in tasks] == ["task 'aaa'", "task 'bbb'", "task 'ccc'"]
    [main_task] = probed.workers("task", "main")
    assert {task.parent for task in tasks} == {main_task.id}
    assert probed.waits(main_task, "join")
    assert probed.at_once([s for task in tasks for s in probed.waits(task, "sleep")]) == 3
    assert probed.waits(probed.worker("main"), "event loop idle")
    assert not probed.workers("thread")
    for name, text in probed.written():
        assert text.endswith(name.partition(" ")[2])


@pytest.mark.slow  # with this interpreter `test_pictures` sees that of all programs
@pytest.mark.parametrize("number", range(1, 18))
def test_each_line_has_a_writer(once: Run, number: int) -> None:
    """Every line of every block has a writer, and every worker a name of its own."""
    program = block(number)
    seconds = 3 if number in (7, 10, 11, 15, 16) else LONGEST
    suffix = ".zsh" if number in (2, 8) else ".py"
    method = "fork" if number in FORKING else ""
    probed = once(program, seconds=seconds, suffix=suffix, start_method=method)
    assert probed.lines or number in (13, 17) or number == 9
    assert len(probed.trace.writers) == len(probed.lines)
    assert None not in probed.trace.writers
    assert set(probed.trace.writers) <= set(probed.names)
    assert len(set(probed.names.values())) == len(probed.names)


SOON = [1, 9, 13]
LATE = [pytest.param(number, marks=pytest.mark.slow) for number in (3, 5, 6, 12, 14, 17)]


@pytest.mark.parametrize("number", SOON + LATE)
def test_programs_do_not_notice(run: Run, number: int) -> None:
    """A block prints the same lines, and exits the same, with the probe and without."""
    program = block(number)
    method = "fork" if number in FORKING else ""
    seen = [run(program, probe=probe, start_method=method) for probe in (True, False)]
    durations = re.compile(r"\d+\.\d+s| at 0x[0-9a-f]+")
    with_probe, without = ([durations.sub("", text) for text in one.text()] for one in seen)
    assert sorted(with_probe) == sorted(without)
    assert seen[0].text("stderr") == seen[1].text("stderr")
    assert seen[0].exit == seen[1].exit
