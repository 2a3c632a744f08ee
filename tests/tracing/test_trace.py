"""Events and captured lines, made into workers, spans, links and writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.run import Span
from snippet_engine.tracing.trace import Trace, read_trace

MAIN = 100
STARTED = [("process", 10.0, MAIN, MAIN, 1, ""), ("begin", 11.0, MAIN, MAIN)]


def told(folder: Path, events: list[tuple[object, ...]], **more: object) -> Trace:
    """The trace of a run from 9 to 20 s whose processes told `events`."""
    file = folder / "events"
    file.write_text("".join(f"{event!r}\n" for event in events), encoding="ascii")
    given = {"captured": [], "origin": 9.0, "ended": 20.0, "stopped": False} | more
    captured = given.pop("captured")
    return read_trace(str(file), captured, root_pid=MAIN, root="main", **given)


def thread(at: float, tid: int, name: str = "Thread-1 (work)") -> tuple[object, ...]:
    return ("thread", at, MAIN, tid, MAIN, 0, 7, name, "work", 3)


def line(at: float, pid: int, text: bytes, tid: int | None = None) -> tuple[object, ...]:
    return ("write", at, pid, tid or pid, 0, 1, len(text), text)


def out(*texts: str) -> list[tuple[float, str, str]]:
    return [(15.0, "stdout", text) for text in texts]


def test_no_events(tmp_path: Path) -> None:
    """A run that told nothing still has its root, which wrote all lines."""
    trace = read_trace(
        str(tmp_path / "none"),
        out("a", "b"),
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


def test_torn_last_line(tmp_path: Path) -> None:
    """An event that was cut off, or is none, is passed over."""
    file = tmp_path / "events"
    text = "".join(f"{event!r}\n" for event in STARTED)
    file.write_bytes(text.encode() + b"\xff\n[1]\n('wait', 12.0, 100")
    trace = read_trace(
        str(file), [], origin=9.0, ended=20.0, stopped=False, root_pid=MAIN, root="main"
    )
    assert trace.start == 11.0
    assert len(trace.workers) == 1


def test_times_count_from_the_first_line(tmp_path: Path) -> None:
    """Zero is the first line of the program, and nothing lies before it."""
    trace = told(
        tmp_path,
        [*STARTED, ("wait", 12.0, MAIN, MAIN, 0, "sleep", None, 2), ("woke", 13.5, MAIN, MAIN)],
    )
    assert trace.spans == (
        Span("w0", "running", 0.0, 1.0),
        Span("w0", "waiting", 1.0, 2.5, "sleep", 2),
        Span("w0", "running", 2.5, 9.0),
    )


def test_short_waits_are_dropped(tmp_path: Path) -> None:
    """A wait of less than a millisecond is no wait."""
    wait = ("wait", 12.0, MAIN, MAIN, 0, "lock", None, 2)
    trace = told(tmp_path, [*STARTED, wait, ("woke", 12.0009, MAIN, MAIN)])
    assert [span.state for span in trace.spans] == ["running"]


@pytest.mark.parametrize("stopped", [True, False])
def test_open_at_the_end(tmp_path: Path, stopped: bool) -> None:
    """What was open when the program was stopped has no end; else it ends with its process."""
    wait = ("wait", 12.0, MAIN, 101, 0, "sleep", None, 4)
    trace = told(tmp_path, [*STARTED, thread(11.5, 101), wait], stopped=stopped)
    end = None if stopped else 9.0
    assert [worker.ended for worker in trace.workers] == [end, end]
    assert trace.spans[-1] == Span("w1", "waiting", 1.0, end, "sleep", 4)


def test_names_are_unique(tmp_path: Path) -> None:
    """Equal names are numbered in Python's order, and given names stay."""
    names = ["Thread-2 (work)", "Thread-1 (work)", "work 1", "main"]
    threads = [thread(12.0 + n / 10, 200 + n, name) for n, name in enumerate(names)]
    trace = told(tmp_path, STARTED + threads)
    assert [worker.name for worker in trace.workers] == [
        "main",
        "work 3",
        "work 2",
        "work 1",
        "main()",
    ]


def test_join_links(tmp_path: Path) -> None:
    """A join that ended is linked to the thread that ended, not to one that goes on."""
    events = [
        *STARTED,
        thread(11.1, 101),
        thread(11.2, 102, "Thread-2 (work)"),
        ("wait", 12.0, MAIN, MAIN, 0, "join", ("thread", 101), 8),
        ("thread_end", 13.0, MAIN, 101),
        ("woke", 13.001, MAIN, MAIN),
        ("wait", 13.1, MAIN, MAIN, 0, "join", ("thread", 102), 8),
        ("woke", 14.0, MAIN, MAIN),
    ]
    [link] = told(tmp_path, events).links
    assert (link.source, link.target, link.reason) == ("w1", "w0", "join")


def test_lines_find_their_process(tmp_path: Path) -> None:
    """Lines go to who told them, though processes wrote in another order than they told."""
    fork = ("fork", 11.2, 300, 300, 11.1, MAIN, MAIN, 0, 5)
    events = [*STARTED, fork, line(12.0, MAIN, b"same\n"), line(12.1, 300, b"same\n"),
              line(12.2, 300, b"child\n"), line(12.3, MAIN, b"main\n")]  # fmt: skip
    trace = told(tmp_path, events, captured=out("same", "child", "same", "main"))
    assert trace.writers == ("w1", "w1", "w0", "w0")


def test_lines_in_parts(tmp_path: Path) -> None:
    """A line in parts, a line of two processes and bytes that are no text have writers."""
    fork = ("fork", 11.2, 300, 300, 11.1, MAIN, MAIN, 0, 5)
    events = [*STARTED, fork, line(12.0, 300, b"a"), line(12.1, 300, b"b\n\xff\n"),
              line(12.2, 300, b"left"), line(12.3, MAIN, b"right\n")]  # fmt: skip
    trace = told(tmp_path, events, captured=out("ab", "\\xff", "leftright", "not told"))
    assert trace.writers == ("w1", "w1", "w1", "w0")


def test_lines_after_what_did_not_arrive(tmp_path: Path) -> None:
    """One that was told and is not there, and one too long to be told, mislead nobody."""
    fork = ("fork", 11.2, 300, 300, 11.1, MAIN, MAIN, 0, 5)
    long = ("write", 12.1, 300, 300, 0, 1, 9001, b"x" * 4000)
    events = [*STARTED, fork, line(12.0, 300, b"lost\n"), long, line(12.2, 300, b"kept\n")]
    trace = told(tmp_path, events, captured=out("x" * 9000, "kept"))
    assert trace.writers == ("w0", "w1")


def test_a_task_that_is_given_a_name_later(tmp_path: Path) -> None:
    """It is called by its last name."""
    task = ("fiber", 12.0, MAIN, MAIN, 1, "task", "Task-1", "work", 3, "", 0, False)
    renamed = ("renamed", 12.5, MAIN, MAIN, 1, "fetcher")
    unknown = ("renamed", 12.5, MAIN, MAIN, 9, "nobody")
    trace = told(tmp_path, [*STARTED, task, ("turn", 12.0, MAIN, MAIN, 1), renamed, unknown])
    assert [worker.name for worker in trace.workers] == ["main", "fetcher"]


def test_generators(tmp_path: Path) -> None:
    """A generator is suspended between its turns; one that never gave back control is no lane."""
    lanes = [
        ("fiber", 12.0, MAIN, MAIN, n, "generator", "", "task", 3, "", 0, False) for n in (1, 2)
    ]
    events = [
        *STARTED,
        *lanes,
        ("turn", 12.0, MAIN, MAIN, 1),
        ("yield", 13.0, MAIN, MAIN, 1, "", None, None),
        ("turn", 13.0, MAIN, MAIN, 2),
        ("wait", 13.1, MAIN, MAIN, 2, "sleep", None, 9),
        ("woke", 13.9, MAIN, MAIN),
        ("done", 14.0, MAIN, MAIN, 2),
        ("turn", 15.0, MAIN, MAIN, 1),
        ("done", 16.0, MAIN, MAIN, 1),
    ]
    trace = told(tmp_path, events)
    assert [worker.kind for worker in trace.workers] == ["process", "generator"]
    assert [span.state for span in trace.spans if span.worker == "w1"] == [
        "running",
        "suspended",
        "running",
    ]


def test_cpu_shares(tmp_path: Path) -> None:
    """Shares go to the worker of their native thread, the first from its beginning on."""
    early = [(10.5, 0.1), (10.9, 0.9)]  # the second still holds when the program begins
    shares = {(MAIN, MAIN): [*early, (12.0, 0.5)], (MAIN, 101): [(11.75, 0.25)]}
    trace = told(tmp_path, [*STARTED, thread(11.5, 101)], shares=shares, sample=0.05)
    assert {worker.sample for worker in trace.workers} == {0.05}
    assert [worker.shares for worker in trace.workers] == [
        ((0.0, 0.9), (1.0, 0.5)),
        ((0.5, 0.25),),
    ]


def test_same_trace_for_same_input(tmp_path: Path) -> None:
    """Reading twice gives the same trace."""
    events = [*STARTED, *(thread(12.0, 200 + n) for n in range(5))]
    assert told(tmp_path, events) == told(tmp_path, events)


def test_a_shell_waits_once_for_children_that_live_at_once(tmp_path: Path) -> None:
    """One that lives within the life of another adds no wait."""
    children = [
        ("process", 11.0, 200, 200, MAIN, ""),
        ("process", 12.0, 300, 300, MAIN, ""),
        ("exit", 13.0, 300, 300),
        ("exit", 15.0, 200, 200),
    ]
    file = tmp_path / "events"
    file.write_text("".join(f"{event!r}\n" for event in children), encoding="ascii")
    given = {"origin": 9.0, "ended": 20.0, "stopped": False, "root_pid": MAIN, "root": "zsh"}
    spans = read_trace(str(file), [], **given).spans
    assert [span for span in spans if span.worker == "w0"] == [
        Span("w0", "running", 0.0, 2.0),
        Span("w0", "waiting", 2.0, 6.0, "child process"),
        Span("w0", "running", 6.0, 11.0),
    ]


@pytest.mark.parametrize(("seconds", "waits"), [(0.005, 1), (0.0015, 1), (0.0005, 0)])
def test_a_wait_of_a_millisecond_is_drawn(seconds: float, waits: int, tmp_path: Path) -> None:
    """A shorter one is no wait."""
    events = [
        *STARTED,
        ("wait", 12.0, MAIN, MAIN, 0, "sleep", None, 4),
        ("woke", 12.0 + seconds, MAIN, MAIN),
    ]
    spans = told(tmp_path, events).spans
    assert sum(span.state == "waiting" for span in spans) == waits


def test_lines_of_each_stream_have_their_own_writers(tmp_path: Path) -> None:
    """The same text on both streams, by two threads."""
    events = [
        *STARTED,
        thread(12.0, 101, "one"),
        thread(12.1, 102, "two"),
        line(13.0, MAIN, b"same\n", 101),
        ("write", 13.1, MAIN, 102, 0, 2, 5, b"same\n"),
    ]
    captured = [(14.0, "stdout", "same"), (14.0, "stderr", "same")]
    trace = told(tmp_path, events, captured=captured)
    names = {worker.id: worker.name for worker in trace.workers}
    assert [names[writer] for writer in trace.writers if writer] == ["one", "two"]
