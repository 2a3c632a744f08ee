"""Conversion of events and captured lines to workers, spans, links and writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.run import Span
from snippet_engine.tracing.trace import Trace, read_trace

MAIN = 100
STARTED = [("process", 10.0, MAIN, MAIN, 1, ""), ("begin", 11.0, MAIN, MAIN)]


def trace_events(folder: Path, events: list[tuple[object, ...]], **options: object) -> Trace:
    """Return the trace of these events, in a run that lasts from 9 s to 20 s."""
    file = folder / "events"
    file.write_text("".join(f"{event!r}\n" for event in events), encoding="ascii")
    arguments = {"captured": [], "origin": 9.0, "ended": 20.0, "stopped": False}
    arguments |= {"root_pid": MAIN, "root": "main", **options}
    return read_trace(str(file), **arguments)


def build_thread_event(at: float, tid: int, name: str = "Thread-1 (work)") -> tuple[object, ...]:
    return ("thread", at, MAIN, tid, MAIN, 0, 7, name, "work", 3)


def build_write_event(
    at: float, pid: int, text: bytes, tid: int | None = None
) -> tuple[object, ...]:
    return ("write", at, pid, tid or pid, 0, 1, len(text), text)


def build_lines(*texts: str) -> list[tuple[float, str, str]]:
    return [(15.0, "stdout", text) for text in texts]


def test_run_without_events_has_only_its_root(tmp_path: Path) -> None:
    """The root worker is the writer of all lines."""
    trace = read_trace(
        str(tmp_path / "none"),
        build_lines("a", "b"),
        origin=9.0,
        ended=12.0,
        stopped=False,
        root_pid=1,
        root="zsh",
    )
    [worker] = trace.workers
    assert (worker.id, worker.name, worker.began, worker.ended) == ("w0", "zsh", 0.0, 3.0)
    assert trace.spans == (Span("w0", "running", 0.0, 3.0),)
    assert trace.writers == ("w0", "w0")
    assert trace.start is None


def test_times_count_from_the_first_line(tmp_path: Path) -> None:
    trace = trace_events(
        tmp_path,
        [*STARTED, ("wait", 12.0, MAIN, MAIN, 0, "sleep", None, 2), ("woke", 13.5, MAIN, MAIN)],
    )
    assert trace.spans == (
        Span("w0", "running", 0.0, 1.0),
        Span("w0", "waiting", 1.0, 2.5, "sleep", 2),
        Span("w0", "running", 2.5, 9.0),
    )


@pytest.mark.parametrize("stopped", [True, False])
def test_open_waits_end_with_the_process_unless_it_was_stopped(
    tmp_path: Path, stopped: bool
) -> None:
    wait = ("wait", 12.0, MAIN, 101, 0, "sleep", None, 4)
    trace = trace_events(tmp_path, [*STARTED, build_thread_event(11.5, 101), wait], stopped=stopped)
    end = None if stopped else 9.0
    assert [worker.ended for worker in trace.workers] == [end, end]
    assert trace.spans[-1] == Span("w1", "waiting", 1.0, end, "sleep", 4)


def test_join_is_linked_to_the_thread_that_ended(tmp_path: Path) -> None:
    """A thread that is alive when the join returns is not linked."""
    events = [
        *STARTED,
        build_thread_event(11.1, 101),
        build_thread_event(11.2, 102, "Thread-2 (work)"),
        ("wait", 12.0, MAIN, MAIN, 0, "join", ("thread", 101), 8),
        ("thread_end", 13.0, MAIN, 101),
        ("woke", 13.001, MAIN, MAIN),
        ("wait", 13.1, MAIN, MAIN, 0, "join", ("thread", 102), 8),
        ("woke", 14.0, MAIN, MAIN),
    ]
    [link] = trace_events(tmp_path, events).links
    assert (link.source, link.target, link.reason) == ("w1", "w0", "join")


def test_lines_have_the_id_of_their_writer(tmp_path: Path) -> None:
    fork = ("fork", 11.2, 300, 300, 11.1, MAIN, MAIN, 0, 5)
    events = [
        *STARTED,
        fork,
        build_write_event(12.0, MAIN, b"same\n"),
        build_write_event(12.1, 300, b"same\n"),
        build_write_event(12.2, 300, b"child\n"),
        build_write_event(12.3, MAIN, b"main\n"),
    ]
    trace = trace_events(tmp_path, events, captured=build_lines("same", "child", "same", "main"))
    assert trace.writers == ("w1", "w1", "w0", "w0")


def test_generator_is_suspended_between_turns(tmp_path: Path) -> None:
    """One that never yielded is no worker."""
    fibers = [
        ("fiber", 12.0, MAIN, MAIN, n, "generator", "", "task", 3, "", 0, False) for n in (1, 2)
    ]
    events = [
        *STARTED,
        *fibers,
        ("turn", 12.0, MAIN, MAIN, 1),
        ("yield", 13.0, MAIN, MAIN, 1, "", None, None),
        ("turn", 13.0, MAIN, MAIN, 2),
        ("wait", 13.1, MAIN, MAIN, 2, "sleep", None, 9),
        ("woke", 13.9, MAIN, MAIN),
        ("done", 14.0, MAIN, MAIN, 2),
        ("turn", 15.0, MAIN, MAIN, 1),
        ("done", 16.0, MAIN, MAIN, 1),
    ]
    trace = trace_events(tmp_path, events)
    assert [worker.kind for worker in trace.workers] == ["process", "generator"]
    assert [span.state for span in trace.spans if span.worker == "w1"] == [
        "running",
        "suspended",
        "running",
    ]


def test_cpu_shares_belong_to_the_native_thread(tmp_path: Path) -> None:
    """The first is extended back to the start of the thread."""
    early = [(10.5, 0.1), (10.9, 0.9)]  # the second still holds when the program begins
    shares = {(MAIN, MAIN): [*early, (12.0, 0.5)], (MAIN, 101): [(11.75, 0.25)]}
    events = [*STARTED, build_thread_event(11.5, 101)]
    trace = trace_events(tmp_path, events, shares=shares, sample=0.05)
    assert {worker.sample for worker in trace.workers} == {0.05}
    assert [worker.shares for worker in trace.workers] == [
        ((0.0, 0.9), (1.0, 0.5)),
        ((0.5, 0.25),),
    ]


def test_reading_twice_gives_the_same_trace(tmp_path: Path) -> None:
    events = [*STARTED, *(build_thread_event(12.0, 200 + n) for n in range(5))]
    assert trace_events(tmp_path, events) == trace_events(tmp_path, events)


def test_shell_waits_once_for_concurrent_children(tmp_path: Path) -> None:
    children = [
        ("process", 11.0, 200, 200, MAIN, ""),
        ("process", 12.0, 300, 300, MAIN, ""),
        ("exit", 13.0, 300, 300),
        ("exit", 15.0, 200, 200),
    ]
    spans = trace_events(tmp_path, children, root="zsh").spans
    assert [span for span in spans if span.worker == "w0"] == [
        Span("w0", "running", 0.0, 2.0),
        Span("w0", "waiting", 2.0, 6.0, "child process"),
        Span("w0", "running", 6.0, 11.0),
    ]


@pytest.mark.parametrize(("seconds", "waits"), [(0.005, 1), (0.0015, 1), (0.0005, 0)])
def test_waits_of_at_least_a_millisecond_are_spans(
    seconds: float, waits: int, tmp_path: Path
) -> None:
    events = [
        *STARTED,
        ("wait", 12.0, MAIN, MAIN, 0, "sleep", None, 4),
        ("woke", 12.0 + seconds, MAIN, MAIN),
    ]
    spans = trace_events(tmp_path, events).spans
    assert sum(span.state == "waiting" for span in spans) == waits


def test_wait_for_a_lock_is_linked_to_the_last_release(tmp_path: Path) -> None:
    events = [
        *STARTED,
        build_thread_event(11.1, 101, "Ann"),
        build_thread_event(11.2, 102, "Ben"),
        ("release", 11.5, MAIN, 102, 0, 77),  # before the wait
        ("wait", 12.0, MAIN, MAIN, 0, "lock", 77, 8),
        ("release", 12.4, MAIN, 102, 0, 77),  # a third worker acquires it
        ("release", 12.5, MAIN, 101, 0, 77),
        ("woke", 12.6, MAIN, MAIN),
    ]
    [link] = trace_events(tmp_path, events).links
    assert (link.source, link.target, link.at, link.reason) == ("w1", "w0", 1.6, "lock")


def test_join_of_a_process_without_an_exit_event_ends_it(tmp_path: Path) -> None:
    events = [
        *STARTED,
        ("process", 11.5, 300, 300, MAIN, ""),
        ("wait", 12.0, MAIN, MAIN, 0, "join", ("process", 300), 8),
        ("woke", 13.0, MAIN, MAIN),
    ]
    assert trace_events(tmp_path, events).workers[1].ended == 2.0


def test_task_that_awaits_another_is_linked_to_it(tmp_path: Path) -> None:
    fibers = [("fiber", 12.0, MAIN, MAIN, n, "task", "", f"f{n}", 3, "", 0, False) for n in (1, 2)]
    events = [
        *STARTED,
        *fibers,
        ("turn", 12.0, MAIN, MAIN, 1),
        ("yield", 12.1, MAIN, MAIN, 1, "join", 2, 5),
        ("turn", 12.1, MAIN, MAIN, 2),
        ("done", 13.0, MAIN, MAIN, 2),
        ("turn", 13.1, MAIN, MAIN, 1),
        ("done", 13.2, MAIN, MAIN, 1),
    ]
    [link] = trace_events(tmp_path, events).links
    assert (link.source, link.target, link.at, link.reason) == ("w2", "w1", 2.1, "join")


@pytest.mark.parametrize(("seconds", "state"), [(0.0005, "suspended"), (0.002, "waiting")])
def test_time_between_turns_is_a_wait_from_a_millisecond_on(
    seconds: float, state: str, tmp_path: Path
) -> None:
    events = [
        *STARTED,
        ("fiber", 12.0, MAIN, MAIN, 1, "task", "", "f", 3, "", 0, False),
        ("turn", 12.0, MAIN, MAIN, 1),
        ("yield", 12.1, MAIN, MAIN, 1, "sleep", None, 5),
        ("turn", 12.1 + seconds, MAIN, MAIN, 1),
        ("done", 13.2, MAIN, MAIN, 1),
    ]
    states = [span.state for span in trace_events(tmp_path, events).spans if span.worker == "w1"]
    assert states == ["running", state, "running"]


def test_helpers_of_the_standard_library_are_left_out(tmp_path: Path) -> None:
    cleanup = ("fiber", 12.0, MAIN, MAIN, 1, "task", "", "shutdown_asyncgens", 3, "", 0, False)
    tracker = ("process", 11.0, 200, 200, MAIN, "resource_tracker")
    assert len(trace_events(tmp_path, [*STARTED, tracker, cleanup]).workers) == 1


def test_fiber_is_suspended_before_a_last_turn_that_is_not_reported(tmp_path: Path) -> None:
    events = [
        *STARTED,
        ("fiber", 12.0, MAIN, MAIN, 1, "generator", "", "f", 3, "", 0, False),
        ("turn", 12.0, MAIN, MAIN, 1),
        ("yield", 13.0, MAIN, MAIN, 1, "", None, None),
        ("done", 15.0, MAIN, MAIN, 1),
    ]
    spans = [span for span in trace_events(tmp_path, events).spans if span.worker == "w1"]
    assert [(span.state, span.ended) for span in spans] == [("running", 2.0), ("suspended", 4.0)]


def test_turn_that_is_not_over_lasts_as_long_as_its_fiber(tmp_path: Path) -> None:
    events = [
        *STARTED,
        ("fiber", 12.0, MAIN, MAIN, 1, "generator", "", "f", 3, "", 0, True),
        ("turn", 13.0, MAIN, MAIN, 1),
    ]
    spans = [span for span in trace_events(tmp_path, events).spans if span.worker == "w1"]
    assert [(span.state, span.ended) for span in spans] == [("suspended", 2.0), ("running", 9.0)]


def test_worker_that_ends_after_the_run_is_cut_at_its_end(tmp_path: Path) -> None:
    events = [*STARTED, build_thread_event(11.5, 101), ("thread_end", 20.5, MAIN, 101)]
    trace = trace_events(tmp_path, events)
    assert trace.workers[1].ended == 9.0
    assert trace.spans[-1] == Span("w1", "running", 0.5, 9.0)
