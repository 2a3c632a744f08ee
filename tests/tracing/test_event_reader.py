"""Workers, turns and waits that are built from events of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.tracing.event_reader import _HANDLERS, Reader, read_events
from snippet_engine.tracing.events import (
    EVENT_CLASSES,
    ChildSpawned,
    FiberEnded,
    FiberRenamed,
    FiberStarted,
    ProcessExited,
    ProcessForked,
    ProcessNamed,
    ProcessStarted,
    ProgramBegun,
    Released,
    TextWritten,
    ThreadEnded,
    ThreadStarted,
    TurnBegun,
    TurnEnded,
    WaitBegun,
    WaitEnded,
)

ROOT = 100
CHILD = 200


@pytest.fixture
def reader() -> Reader:
    return Reader(ROOT, 9.0)


def start_thread(reader: Reader, tid: int, name: str = "Thread-1") -> None:
    reader.read(ThreadStarted(10.0, ROOT, tid, ROOT, 0, 7, name, "work", 3))


def start_fiber(reader: Reader, number: int, kind: str = "generator", parent: int = 0) -> None:
    reader.read(FiberStarted(10.0, ROOT, ROOT, number, kind, "", "steps", 5, "", parent, False))


def test_every_kind_has_a_handler() -> None:
    assert {*_HANDLERS} == {*EVENT_CLASSES.values()}


def test_root_process_is_known_from_the_start(reader: Reader) -> None:
    assert not reader.is_root_traced
    reader.read(ProcessStarted(9.1, ROOT, ROOT, 1, ""))
    assert reader.is_root_traced
    assert reader.workers == [reader.root]


def test_process_belongs_to_its_parent_process(reader: Reader) -> None:
    reader.read(ProcessStarted(10.0, CHILD, CHILD, ROOT, "spawn"))
    [_, child] = reader.workers
    assert (child.kind, child.pid, child.began, child.role) == ("process", CHILD, 10.0, "spawn")
    assert child.parent is reader.root


def test_process_belongs_to_the_thread_that_spawned_it(reader: Reader) -> None:
    start_thread(reader, 101)
    reader.read(ChildSpawned(10.1, ROOT, 101, 0, 4))
    reader.read(ProcessStarted(10.2, CHILD, CHILD, ROOT, ""))
    _, thread, child = reader.workers
    assert child.parent is thread


def test_fork_server_has_the_name_of_its_role(reader: Reader) -> None:
    reader.read(ProcessStarted(10.0, CHILD, CHILD, ROOT, "forkserver"))
    assert reader.workers[1].function == "forkserver"


def test_first_begin_event_of_the_root_process_starts_the_program(reader: Reader) -> None:
    for event in (ProgramBegun(9.4, CHILD, CHILD), ProgramBegun(9.5, ROOT, ROOT)):
        reader.read(event)
    reader.read(ProgramBegun(9.6, ROOT, ROOT))
    assert reader.program_start == 9.5


def test_forked_process_begins_before_the_fork(reader: Reader) -> None:
    start_thread(reader, 101)
    reader.read(ProcessForked(10.3, CHILD, CHILD, 10.2, ROOT, 101, 0, 6))
    _, thread, child = reader.workers
    assert (child.began, child.line, child.role) == (10.2, 6, "fork")
    assert child.parent is thread


@pytest.mark.parametrize(("line", "expected"), [(3, 3), (None, 6)])
def test_named_process_keeps_the_line_of_its_fork(
    reader: Reader, line: int | None, expected: int
) -> None:
    reader.read(ProcessForked(10.3, CHILD, CHILD, 10.2, ROOT, ROOT, 0, 6))
    reader.read(ProcessNamed(10.4, CHILD, CHILD, "Process-1", "work", line, ROOT))
    child = reader.workers[1]
    assert (child.given_name, child.function, child.line) == ("Process-1", "work", expected)
    assert reader.start_method == "fork"


def test_parent_of_a_process_is_not_the_fork_server_that_forked_it(reader: Reader) -> None:
    server = 150
    reader.read(ProcessStarted(10.0, server, server, ROOT, "forkserver"))
    reader.read(ProcessForked(10.3, CHILD, CHILD, 10.2, server, server, 0, None))
    reader.read(ProcessNamed(10.4, CHILD, CHILD, "Process-1", "work", 3, ROOT))
    assert reader.workers[2].parent is reader.root
    assert reader.start_method == "forkserver"


def test_process_ends_with_its_exit_event(reader: Reader) -> None:
    reader.read(ProcessStarted(10.0, CHILD, CHILD, ROOT, ""))
    reader.read(ProcessExited(11.0, CHILD, CHILD))
    reader.read(ProcessExited(12.0, 999, 999))  # an unknown process
    assert [worker.ended for worker in reader.workers] == [None, 11.0]


def test_thread_has_the_line_of_its_function_or_of_its_start(reader: Reader) -> None:
    start_thread(reader, 101)
    reader.read(ThreadStarted(10.0, ROOT, 102, 101, 0, 7, "Thread-2", "run", None))
    root, first, second = reader.workers
    assert (first.line, second.line) == (3, 7)
    assert (first.parent, second.parent) == (root, first)


def test_thread_ends_with_its_end_event(reader: Reader) -> None:
    start_thread(reader, 101)
    reader.read(ThreadEnded(11.0, ROOT, 101))
    reader.read(ThreadEnded(12.0, ROOT, 999))  # an unknown thread
    assert [worker.ended for worker in reader.workers] == [None, 11.0]


def test_fiber_may_have_yielded_before_it_is_reported(reader: Reader) -> None:
    reader.read(FiberStarted(10.0, ROOT, ROOT, 1, "task", "Task-1", "f", 5, "'a'", 0, True))
    fiber = reader.fibers[ROOT, 1]
    assert (fiber.kind, fiber.given_name, fiber.argument) == ("task", "Task-1", "'a'")
    assert fiber.has_yielded
    assert fiber.is_fiber
    assert not reader.root.is_fiber


def test_renamed_task_has_its_last_name(reader: Reader) -> None:
    start_fiber(reader, 1, "task")
    reader.read(FiberRenamed(10.1, ROOT, ROOT, 1, "fetcher"))
    reader.read(FiberRenamed(10.1, ROOT, ROOT, 9, "unknown"))
    assert reader.fibers[ROOT, 1].given_name == "fetcher"


def test_turn_has_the_wait_that_follows_it(reader: Reader) -> None:
    start_fiber(reader, 1, "task")
    reader.read(TurnEnded(10.0, ROOT, ROOT, 1, "sleep", None, 8))  # of no turn
    reader.read(TurnBegun(10.1, ROOT, ROOT, 1))
    reader.read(TurnEnded(10.2, ROOT, ROOT, 1, "join", 2, 8))
    fiber = reader.fibers[ROOT, 1]
    [turn] = fiber.turns
    assert (turn.began, turn.ended) == (10.1, 10.2)
    assert (turn.next_reason, turn.awaited_fiber, turn.line) == ("join", 2, 8)
    assert fiber.has_yielded


def test_turns_and_ends_of_unknown_fibers_are_ignored(reader: Reader) -> None:
    reader.read(TurnBegun(10.1, ROOT, ROOT, 5))
    reader.read(TurnEnded(10.2, ROOT, ROOT, 5, "", None, None))
    reader.read(FiberEnded(10.3, ROOT, ROOT, 5))
    assert reader.fibers == {}


def test_end_of_a_fiber_ends_its_turn(reader: Reader) -> None:
    start_fiber(reader, 1)
    reader.read(TurnBegun(10.1, ROOT, ROOT, 1))
    reader.read(FiberEnded(10.3, ROOT, ROOT, 1))
    fiber = reader.fibers[ROOT, 1]
    assert (fiber.ended, fiber.turns[0].ended) == (10.3, 10.3)


@pytest.mark.parametrize(("seconds", "waits"), [(0.0009, 0), (0.0011, 1), (0.005, 1), (0.02, 1)])
def test_only_waits_of_at_least_a_millisecond_remain(
    reader: Reader, seconds: float, waits: int
) -> None:
    reader.read(WaitBegun(10.0, ROOT, ROOT, 0, "lock", 77, 4))
    reader.read(WaitEnded(10.0 + seconds, ROOT, ROOT))
    assert len(reader.root.waits) == waits
    assert all(wait.ended == 10.0 + seconds for wait in reader.root.waits)


def test_end_of_no_wait_is_ignored(reader: Reader) -> None:
    reader.read(WaitEnded(10.0, ROOT, ROOT))
    assert reader.root.waits == []


def test_wait_belongs_to_the_fiber_in_control(reader: Reader) -> None:
    start_fiber(reader, 1)
    reader.read(WaitBegun(10.0, ROOT, ROOT, 1, "sleep", None, 4))
    assert reader.root.waits == []
    [wait] = reader.fibers[ROOT, 1].waits
    assert (wait.reason, wait.ended) == ("sleep", None)


def test_release_is_found_by_process_and_address(reader: Reader) -> None:
    start_thread(reader, 101)
    reader.read(Released(10.0, ROOT, 101, 0, 77))
    assert reader.releases == {(ROOT, 77): [(10.0, reader.workers[1])]}


@pytest.mark.parametrize(("number", "stream"), [(1, "stdout"), (2, "stderr")])
def test_write_has_its_stream_and_writer(reader: Reader, number: int, stream: str) -> None:
    start_thread(reader, 101)
    reader.read(TextWritten(10.0, ROOT, 101, 0, number, 9001, b"text"))
    [write] = reader.writes
    assert (write.stream, write.size, write.data) == (stream, 9001, b"text")
    assert write.writer is reader.workers[1]
    assert write.thread == (ROOT, 101)


def test_unknown_thread_is_taken_for_the_main_thread_of_its_process(reader: Reader) -> None:
    reader.read(ProcessStarted(10.0, CHILD, CHILD, ROOT, ""))
    reader.read(TextWritten(10.0, CHILD, 999, 0, 1, 1, b"a"))
    reader.read(TextWritten(10.0, 888, 888, 0, 1, 1, b"a"))  # an unknown process
    assert [write.writer for write in reader.writes] == [reader.workers[1], reader.root]


def test_generator_that_never_yielded_is_represented_by_its_caller(reader: Reader) -> None:
    start_fiber(reader, 1)
    start_fiber(reader, 2, parent=1)
    start_fiber(reader, 3, "task", parent=2)
    outer, inner, task = (reader.fibers[ROOT, number] for number in (1, 2, 3))
    assert inner.visible_worker() is reader.root
    outer.has_yielded = True
    assert inner.visible_worker() is outer.visible_worker() is outer
    assert task.visible_worker() is task


def test_missing_file_has_no_events(tmp_path: Path) -> None:
    reader = read_events(str(tmp_path / "missing"), ROOT, 9.0)
    assert reader.workers == [reader.root]


def test_lines_that_are_no_events_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "events"
    file.write_bytes(b"\xff\n[1]\n('begin', 9.5, 100, 100)\n('unknown', 1, 1, 1)\n('wait', 12.0, 1")
    assert read_events(str(file), ROOT, 9.0).program_start == 9.5


def test_malformed_event_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "events"
    file.write_text("('turn', 9.5, 100, 100)\n")
    with pytest.raises(ValueError, match="TurnBegun"):
        read_events(str(file), ROOT, 9.0)
