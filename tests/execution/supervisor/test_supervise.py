"""Supervision of a program from its launch to its result, with a simulated program."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.supervisors import build_request

from snippet_engine.execution.supervisor.resource_monitor import ResourceMonitor
from snippet_engine.execution.supervisor.run_clock import RunClock
from snippet_engine.execution.supervisor.start_gate import StartGate
from snippet_engine.execution.supervisor.supervise import supervise

if TYPE_CHECKING:
    from snippet_engine.execution.supervisor.protocol import Result, Stream


class Program:
    """A program whose output the test writes; it ends when `ended` is set."""

    pid = 7
    gate: StartGate | None = None
    end_file: int | None = None
    poll_interval_s = 0.01
    exit_status = "exit 3"

    def __init__(self) -> None:
        self.pipes: dict[Stream, int] = {}
        self.writers: dict[Stream, int] = {}
        for stream in ("stdout", "stderr"):
            self.pipes[stream], self.writers[stream] = os.pipe()
        self.ended = False

    def write(self, data: bytes, stream: Stream = "stdout") -> None:
        os.write(self.writers[stream], data)

    def close(self) -> None:
        """Close its output, as at the end of its last process."""
        while self.writers:
            os.close(self.writers.popitem()[1])

    def has_ended(self) -> bool:
        return self.ended

    def is_runnable(self) -> bool:
        return False


class Monitor(ResourceMonitor):
    """A monitor of the simulated program; `kill` is called to kill its process tree."""

    limit: str | None = None
    samples = 0

    def kill(self) -> None:
        """Do nothing."""

    def kill_tree(self) -> None:
        self.kill()

    def measure_total(self) -> tuple[float, int]:
        return 0.25, 4096

    def _check_processes(self, since: float) -> str | None:
        self.samples += 1
        return self.limit


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    yield program
    program.close()
    for pipe in program.pipes.values():
        os.close(pipe)


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return Monitor(build_request(tmp_path))


@pytest.fixture
def lifeline() -> Iterator[tuple[int, int]]:
    """Yield both ends of the pipe from the engine."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def watch(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], folder: Path, **changes: object
) -> Result:
    request = build_request(folder, **changes)
    clock = RunClock(request, lambda: b"")
    if not program.gate:
        clock.release()
    return supervise(request, program, monitor, clock, lifeline[0])


def texts(result: Result) -> list[str]:
    return [text for _, _, text in result["lines"]]


def test_result_has_output_exit_status_and_resource_use(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    program.write(b"a\n")
    program.write(b"b", "stderr")
    program.close()
    program.ended = True
    result = watch(program, monitor, lifeline, tmp_path)
    assert [line[1:] for line in result["lines"]] == [("stdout", "a"), ("stderr", "b")]
    assert (result["exit_status"], result["was_cut"]) == ("exit 3", False)
    assert (result["cpu_seconds"], result["peak_memory"], result["pid"]) == (0.25, 4096, 7)
    assert result["spawned_at"] <= result["ended_at"] <= time.monotonic()


def test_output_in_the_pipe_is_kept_when_the_program_is_killed(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    """It was written too late to be read before."""
    monitor.kill = lambda: program.write(b"late\n")  # type: ignore[method-assign]
    result = watch(program, monitor, lifeline, tmp_path, time_limit_s=0.0)
    assert (result["exit_status"], result["was_cut"]) == ("limit: time", True)
    assert texts(result) == ["late"]
    assert result["lines"][0][0] == result["ended_at"]


def test_output_in_the_pipe_is_kept_when_a_child_holds_the_pipe_open(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    """The program has ended, its child is killed."""
    program.ended = True
    monitor.kill = lambda: program.write(b"of a child\n" * 10_000, "stderr")  # type: ignore[method-assign]
    limits = {"output_lines": 20_000, "output_bytes": 1 << 20}
    os.set_blocking(program.writers["stderr"], False)
    result = watch(program, monitor, lifeline, tmp_path, limits=limits)
    assert (result["exit_status"], result["was_cut"]) == ("exit 3", False)
    assert sum(map(len, texts(result))) > 50_000


def test_output_limit_may_be_reached_at_the_very_end(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    """By a last line without a newline."""
    program.write(b"a\nb\nc")
    program.close()
    program.ended = True
    result = watch(program, monitor, lifeline, tmp_path, limits={"output_lines": 2})
    assert (result["exit_status"], texts(result)) == ("limit: output", ["a", "b"])
    assert result["was_cut"]


def test_limit_found_by_the_monitor_is_the_exit_status(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    monitor.limit = "limit: memory"
    assert watch(program, monitor, lifeline, tmp_path)["exit_status"] == "limit: memory"


def test_program_that_closes_its_output_is_watched_until_it_ends(
    program: Program, monitor: Monitor, lifeline: tuple[int, int], tmp_path: Path
) -> None:
    program.close()
    timer = threading.Timer(0.2, lambda: setattr(program, "ended", True))
    began = time.monotonic()
    timer.start()
    result = watch(program, monitor, lifeline, tmp_path)
    assert result["exit_status"] == "exit 3"
    assert result["ended_at"] - began >= 0.2


def test_held_program_is_released_when_the_engine_says_so(
    program: Program,
    monitor: Monitor,
    lifeline: tuple[int, int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gate = program.gate = StartGate()
    report, wait = map(int, gate.enter_program()["SNIPPET_GO"].split())
    released: list[float] = []

    def run() -> None:
        os.write(report, b".")
        os.read(wait, 1)
        released.append(time.monotonic())
        program.ended = True
        program.close()

    thread = threading.Thread(target=run)
    thread.start()
    asked = time.monotonic() + 0.3
    timer = threading.Timer(0.3, lambda: os.write(lifeline[1], b"."))
    timer.start()
    result = watch(program, monitor, lifeline, tmp_path, is_probed=True, sample_interval_s=0.01)
    thread.join()
    assert released[0] >= asked
    assert result["spawned_at"] >= asked
    assert capsys.readouterr().out.split() == ["waiting", "started"]
    assert monitor.samples < 10  # rarely while it waits


def test_end_of_the_engine_kills_the_tree_and_exits(
    program: Program, monitor: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    killed: list[bool] = []
    monitor.kill = lambda: killed.append(True)  # type: ignore[method-assign]
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as exit_:
        watch(program, monitor, (reader, writer), tmp_path)
    assert (killed, exit_.value.code) == ([True], 1)
    os.close(reader)
