"""Start, end and deadline of a program, and how often it is polled."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.supervisors import build_request

from snippet_engine.execution.supervisor.run_clock import RunClock, find_begin_event

BEGIN = b"('begin', 9000000000.0, 7, 7)\n"  # in the future, so it counts as now


@dataclass
class Program:
    """A program in a given state."""

    pid: int = 7
    ended: bool = False
    runnable: bool = False

    def has_ended(self) -> bool:
        return self.ended

    def is_runnable(self) -> bool:
        return self.runnable


@pytest.fixture
def trace() -> bytearray:
    return bytearray()


@pytest.fixture
def clock(trace: bytearray, tmp_path: Path) -> RunClock:
    """Return the clock of a probed program with a time limit of two seconds."""
    request = build_request(
        tmp_path, is_probed=True, time_limit_s=2.0, start_limit_s=30.0, status_at_time_limit="stop"
    )
    return RunClock(request, lambda: bytes(trace))


def test_start_is_reported_once_when_the_program_does_not_compute_any_more(
    clock: RunClock, trace: bytearray, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.release()
    clock.poll(Program())  # the interpreter is still starting
    trace += BEGIN
    began = clock.poll(Program(runnable=True))
    assert capsys.readouterr().out == ""
    clock.poll(Program())
    clock.poll(Program())
    assert capsys.readouterr().out == "started\n"
    assert clock.began_at == began


def test_start_is_reported_after_a_while_if_the_program_computes(
    clock: RunClock, trace: bytearray, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.release()
    trace += BEGIN
    clock.poll(Program(runnable=True))
    assert capsys.readouterr().out == ""
    assert clock.began_at
    clock.began_at -= 1
    clock.poll(Program(runnable=True))
    assert capsys.readouterr().out == "started\n"


def test_waiting_program_has_no_deadline_and_has_not_begun(
    clock: RunClock, trace: bytearray, capsys: pytest.CaptureFixture[str]
) -> None:
    """A begin event that it reports before its release is forged."""
    trace += BEGIN
    clock.mark_waiting()
    now = clock.poll(Program())
    assert clock.began_at is None
    assert clock.deadline == math.inf
    assert clock.choose_pause(now, now + 0.1, is_ending=False) == pytest.approx(0.1)
    assert capsys.readouterr().out == "waiting\n"
    clock.release()
    began = clock.poll(Program())
    assert clock.began_at == began
    assert clock.deadline == began + 2.0


def test_seconds_before_the_release_do_not_count(clock: RunClock) -> None:
    clock.mark_waiting()
    created = clock.spawned_at
    time.sleep(0.05)
    clock.release()
    assert clock.spawned_at >= created + 0.05
    assert clock.deadline == clock.spawned_at + 30.0


def test_program_without_the_probe_begins_at_its_release(tmp_path: Path) -> None:
    clock = RunClock(build_request(tmp_path, time_limit_s=2.0), lambda: b"")
    clock.release()
    assert clock.began_at == clock.spawned_at
    assert clock.deadline == clock.spawned_at + 2.0


def test_ended_program_does_not_wait(clock: RunClock, capsys: pytest.CaptureFixture[str]) -> None:
    clock.poll(Program(ended=True))
    clock.mark_waiting()
    assert capsys.readouterr().out == "started\n"


def test_output_of_an_ended_program_is_read_for_a_moment(clock: RunClock) -> None:
    """It then has its own exit status, not that of the deadline."""
    clock.release()
    assert clock.status_at_deadline == "stop"
    ended = clock.poll(Program(ended=True))
    assert ended < clock.deadline < ended + 1
    assert clock.status_at_deadline is None


def test_polls_are_frequent_while_start_or_end_is_imminent(clock: RunClock) -> None:
    clock.release()
    now = clock.poll(Program())
    assert clock.choose_pause(now, now + 0.1, is_ending=False) < 0.01
    clock.began_at = time.monotonic()
    now = clock.poll(Program())
    assert clock.choose_pause(now, now + 0.1, is_ending=False) == pytest.approx(0.1)
    assert clock.choose_pause(now, now + 0.1, is_ending=True) < 0.01
    now = clock.poll(Program(ended=True))
    assert clock.choose_pause(now, now + 0.1, is_ending=True) == pytest.approx(0.1)
    assert clock.choose_pause(now, now - 1.0, is_ending=True) == 0.0


@pytest.mark.parametrize(
    ("trace", "moment"),
    [
        ("('begin', 3.5, 7, 7)\n", 3.5),
        ("('begin', 3, 7, 7)\n", 3.0),
        ("('line', 1)\n('begin', 3.5, 8, 7)\n('begin', 4.5, 7, 7)\n", 4.5),
        ("('begin', 9.5, 7, 7)\n", 5.0),
        ("('begin', nan, 7, 7)\n", None),
        ("('begin', -1e9, 7, 7)\n", None),
        ("('begin', 3.5", None),
    ],
)
def test_begin_event_is_that_of_the_process_and_not_in_the_future(
    trace: str, moment: float | None
) -> None:
    assert find_begin_event(trace.encode(), 7, 5.0) == moment
