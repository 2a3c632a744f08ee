"""Times and peak memory of commands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Timing:
    """A run of a command: seconds, peak memory in bytes, and its standard error."""

    seconds: float
    memory: int
    log: str


def make_environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment in which Python imports the engine of the project in `folder`."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("CI", "FRESH")}
    return inherited | {"PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1", **variables}


def time_command(command: list[str], folder: Path, **variables: str) -> Timing:
    """Run `command` in `folder`. If it fails, raise RuntimeError with its standard error."""
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=make_environment(folder, **variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        log = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} exited with {process.returncode}\n{log}")
    # Linux counts in KiB, macOS in bytes: getrusage(2)
    return Timing(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), log)


def time_build(root: Path, memory: Path | None = None, site: str = "site") -> Timing:
    """Build the site of the project in `root` with the run cache `memory`, or with none."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site]
    variables = {"SNIPPETS_MEMORY": str(memory)} if memory else {"FRESH": "1"}
    return time_command(command, root, **variables)


def time_median(times: int, action: Callable[[], Timing]) -> Timing:
    """Return the repetition with the median time."""
    runs = sorted((action() for _ in range(times)), key=lambda timing: timing.seconds)
    return runs[(times - 1) // 2]


def compare_in_turn(
    times: int, one: Callable[[], Timing], other: Callable[[], Timing]
) -> tuple[Timing, float]:
    """Return the median of `other`, and of its ratios to the run of `one` just before it.

    Consecutive runs are compared because the speed of a shared machine varies.
    """
    pairs = [(one().seconds, other()) for _ in range(times)]
    ratios = sorted(after.seconds / before for before, after in pairs)
    seconds = sorted((after for _, after in pairs), key=lambda time_command: time_command.seconds)
    middle = (times - 1) // 2
    return seconds[middle], ratios[middle]
