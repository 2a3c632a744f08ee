"""Sampling of a process tree on Linux, and what counts as part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers.processes import needs_proc
from helpers.supervisors import build_request, run_like_supervisor

pytestmark = needs_proc


def sample(folder: Path, command: str, **changes: Any) -> list[Any]:
    """Return the limit reached by a shell command, the number of its threads, and the disk use.

    The command prints a line when it is to be sampled.
    """
    request = dict(
        build_request(
            folder,
            command=["/bin/sh", "-c", f"{command}\necho\nsleep 60"],
            environment={"PATH": "/usr/bin:/bin"},
            **changes,
        )
    )
    output = run_like_supervisor(f"""
        import json, os
        from supervisor.launch import Program
        from supervisor.linux import LinuxMonitor
        request = {request!r}
        program = Program(request, None)
        monitor = LinuxMonitor(request, program)
        os.read(program.pipes["stdout"], 1)
        reached = monitor.sample()
        shares = [pid for pid, _ in monitor.cpu.shares]
        unlinked = monitor._measure_unlinked()
        monitor.kill_tree()
        seconds, peak = monitor.measure_total()
        guard = program.guard_pid in shares
        print(json.dumps([reached, len(shares), unlinked, guard, seconds, peak]))
    """)
    values: list[Any] = json.loads(output)
    return values


def test_guard_process_is_not_part_of_the_tree(tmp_path: Path) -> None:
    reached, threads, _, has_guard, seconds, peak = sample(tmp_path, "sleep 61 &")
    assert (reached, has_guard) == (None, False)
    assert threads >= 2  # the shell and the first `sleep`; the second one may have started
    assert 0 <= seconds < 5
    assert 1 << 18 < peak < 1 << 30


@pytest.mark.parametrize(
    ("command", "limits", "expected"),
    [
        ("sleep 61 & sleep 62 & sleep 63 &", {"processes": 3}, "limit: processes"),
        ("sleep 61 & sleep 62 & sleep 63 &", {"threads": 3}, "limit: processes"),
        ("true", {"memory_bytes": 1024}, "limit: memory"),
        ("head -c 100000 /dev/zero > file", {"disk_bytes": 99_999}, "limit: files"),
        ("touch a b c", {"disk_names": 2}, "limit: files"),
    ],
)
def test_limit_is_found(
    command: str, limits: dict[str, int], expected: str, tmp_path: Path
) -> None:
    assert sample(tmp_path, command, limits=limits)[0] == expected


def test_unlinked_file_that_a_process_has_open_is_counted(tmp_path: Path) -> None:
    command = "exec 5> file; head -c 100000 /dev/zero >&5; rm file"
    assert sample(tmp_path, command)[2] >= 100_000
