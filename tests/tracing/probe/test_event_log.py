"""The file of events: format, budget, limits and forks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.probed import RunProgram, import_probe_module, python, run_program

from snippet_engine.tracing.events import (
    ProcessForked,
    ProgramBegun,
    TextWritten,
    WaitBegun,
    parse_event,
)

__all__ = ["import_probe_module", "python", "run_program"]  # fixtures


@pytest.fixture
def event_log(import_probe_module: Callable[[str], Any]) -> Iterator[Any]:
    """Return the module, and close its file after the test."""
    module = import_probe_module("event_log")
    yield module
    if module._descriptor >= 0:
        os.close(module._descriptor)


def test_event_has_time_process_and_thread(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "events"))
    event_log.record("begin", at=1.5)
    event_log.record("wait", 0, "sleep", None, 3)
    begin, wait = map(parse_event, (tmp_path / "events").read_bytes().splitlines())
    assert begin == ProgramBegun(1.5, os.getpid(), event_log.get_native_id())
    assert isinstance(wait, WaitBegun)
    assert wait.at > 1.5


def test_text_of_an_event_is_one_line_of_ascii(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "events"))
    event_log.record("process", 1, "line\n\N{SNOWMAN}")
    [line] = (tmp_path / "events").read_bytes().splitlines()
    assert line.isascii()
    event = parse_event(line)
    assert event is not None
    assert event[-1] == "line\n\N{SNOWMAN}"


def test_descriptor_is_one_that_programs_rarely_use(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "events"))
    assert event_log._descriptor in (977, 211)
    assert not os.get_inheritable(event_log._descriptor)


def test_file_that_cannot_be_opened_turns_tracing_off(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "missing" / "events"))
    event_log.record("begin")
    assert event_log._descriptor < 0


def test_events_that_are_not_written_count_for_the_budget(event_log: Any) -> None:
    assert event_log.has_budget()
    for _ in range(event_log.BURST_EVENTS):
        event_log.record("begin")
    event_log._budget_start = event_log.monotonic() + 1
    assert not event_log.has_budget()


def test_budget_grows_with_time(event_log: Any) -> None:
    event_log._event_count = event_log.BURST_EVENTS + event_log.EVENTS_PER_SECOND
    event_log._budget_start = event_log.monotonic() - 0.5
    assert not event_log.has_budget()
    event_log._budget_start -= 1
    assert event_log.has_budget()


def test_budget_has_a_maximum(event_log: Any) -> None:
    event_log._budget_start -= 3600
    event_log._event_count = event_log.MAX_EVENTS - 1
    assert event_log.has_budget()
    event_log._event_count += 1
    assert not event_log.has_budget()


def test_file_does_not_grow_beyond_its_limit(
    event_log: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MAX_FILE_BYTES", 1000)
    event_log.open_log(str(tmp_path / "events"))
    descriptor = event_log._descriptor
    for _ in range(1000):
        event_log.record("begin")
    os.close(descriptor)
    assert len((tmp_path / "events").read_bytes().splitlines()) == 256  # checked that often


def test_closed_descriptor_turns_tracing_off(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "events"))
    os.close(event_log._descriptor)
    event_log.record("begin")
    assert event_log._descriptor < 0


def test_events_can_be_written_without_releasing_the_gil(event_log: Any, tmp_path: Path) -> None:
    event_log.open_log(str(tmp_path / "events"))
    event_log.keep_gil_while_writing()
    write = event_log._write
    event_log.keep_gil_while_writing()
    assert event_log._write is write is not os.write
    event_log.record("begin")
    [line] = (tmp_path / "events").read_bytes().splitlines()
    assert isinstance(parse_event(line), ProgramBegun)
    with pytest.raises(OSError):  # noqa: PT011 # its only cause
        write(-1, b"")


def test_waits_beyond_the_budget_are_recorded_only_if_they_last(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import select, sys, time
        event_log = sys.modules["_snippet_probe.event_log"]
        event_log.BURST_EVENTS = event_log.EVENTS_PER_SECOND = 0
        select.select([], [], [], 0)
        time.sleep(0.005)
        """
    )
    assert [event.line for event in probed.find_events(WaitBegun)] == [6]
    assert len(probed.find_waits(probed.find_worker("main"), "sleep")) == 1


def test_program_that_writes_too_much_stops_recording_short_waits(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import select, sys
        for n in range(5000): print(n)
        event_log = sys.modules["_snippet_probe.event_log"]
        event_log.EVENTS_PER_SECOND = 0
        print(event_log.has_budget())
        select.select([], [], [], 0)
        """
    )
    assert probed.select_lines()[-1] == "False"
    assert probed.find_events(WaitBegun) == []
    assert probed.unmatched_lines == []  # output is always recorded


def test_forked_child_has_its_own_process_id_and_a_full_budget(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import os, sys
        event_log = sys.modules["_snippet_probe.event_log"]
        event_log.EVENTS_PER_SECOND = 0
        event_log._event_count = event_log.MAX_EVENTS
        if pid := os.fork():
            os.waitpid(pid, 0)
            print("parent", event_log.has_budget())
        else:
            print("child", event_log.has_budget())
        """
    )
    assert probed.select_lines() == ["child True", "parent False"]
    [fork] = probed.find_events(ProcessForked)
    child, parent = probed.find_events(TextWritten)[0], probed.find_events(TextWritten)[-1]
    assert (child.pid, parent.pid) == (fork.pid, fork.parent_pid)
