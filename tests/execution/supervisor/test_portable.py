"""Supervision without /proc: the program and the monitor that samples it by psutil."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from helpers.processes import needs_proc, wait_until
from helpers.supervisors import build_request

from snippet_engine.execution.supervisor.portable import PortableMonitor, Program

pytestmark = [
    needs_proc,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # of a test with threads
]


@contextmanager
def launched(folder: Path, code: str, **changes: Any) -> Iterator[tuple[Program, PortableMonitor]]:
    """Yield a program of Python code, which has printed a line, and its monitor."""
    request = build_request(folder, command=[sys.executable, "-c", code], **changes)
    program = Program(request)
    monitor = PortableMonitor(request, program.pid)
    try:
        os.read(program.pipes["stdout"], 1)
        yield program, monitor
    finally:
        monitor.kill_tree()
        program.has_ended()
        program._process.communicate()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("raise SystemExit(3)", "exit 3"), ("import os; os.kill(os.getpid(), 11)", "signal SIGSEGV")],
)
def test_program_has_its_exit_status(code: str, expected: str, tmp_path: Path) -> None:
    with launched(tmp_path, f"print(flush=True); {code}") as (program, _):
        assert wait_until(program.has_ended)
        assert program.exit_status == expected


def test_program_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Program(build_request(tmp_path, command=["/no/such/program"]))


def test_file_size_of_the_program_is_limited_by_the_kernel(tmp_path: Path) -> None:
    code = "print(flush=True); open('x', 'wb').write(bytes(9000))"
    with launched(tmp_path, code, limits={"disk_bytes": 5000}) as (program, monitor):
        assert wait_until(program.has_ended)
        assert (tmp_path / "x").stat().st_size == 5000
        assert monitor.check_disk(5000) == "limit: files"


def test_whole_tree_is_sampled_and_killed(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "print(flush=True)\n"
        "time.sleep(60)\n"
    )
    with launched(tmp_path, code) as (program, monitor):
        assert monitor.sample() is None
        pids = {process.pid for process in monitor._known}
        assert program.pid in pids
        assert len(pids) == 2
        assert {pid for pid, _ in monitor.cpu.shares} == pids
        monitor.kill_tree()
        assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"processes": 1}, "limit: processes"),
        ({"threads": 1}, "limit: processes"),
        ({"memory_bytes": 1000}, "limit: memory"),
    ],
)
def test_limit_is_found(limits: dict[str, int], expected: str, tmp_path: Path) -> None:
    code = (
        "import subprocess, time; subprocess.Popen(['sleep', '60'])\n"
        "print(flush=True); time.sleep(60)"
    )
    with launched(tmp_path, code, limits=limits) as (_, monitor):
        assert monitor.sample() == expected


def test_cpu_time_and_peak_memory_are_those_of_the_tree(tmp_path: Path) -> None:
    code = (
        "import time; block = bytearray(64 << 20)\n"
        "while time.process_time() < 0.3: pass\n"
        "print(flush=True); time.sleep(60)"
    )
    with launched(tmp_path, code) as (_, monitor):
        monitor.sample()
    seconds, peak = monitor.measure_total()
    assert seconds >= 0.25
    assert peak > 64 << 20


def test_older_process_is_not_of_the_tree(tmp_path: Path) -> None:
    """Its parent's PID is that of an ended process of the tree, reused."""
    code = (
        "import subprocess, time; subprocess.Popen(['sleep', '60'])\n"
        "print(flush=True); time.sleep(60)"
    )
    with launched(tmp_path, code) as (program, monitor):
        began, monitor._began = monitor._began, monitor._began + 3600
        monitor.sample()
        assert {process.pid for process in monitor._known} == {program.pid}
        monitor._began = began
        monitor.sample()
        assert len(monitor._known) == 2
