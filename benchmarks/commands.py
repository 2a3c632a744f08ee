"""Whole commands, timed: seconds, CPU seconds and peak memory of the process itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took: seconds of wall time, bytes of memory at its peak; what it told."""

    seconds: float
    memory: int
    told: str


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Variables with which the engine that is imported is that of the project in `folder`."""
    kept = {key: value for key, value in os.environ.items() if key not in ("CI", "FRESH")}
    return kept | {"PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1", **variables}


def took(command: list[str], folder: Path, **variables: str) -> Took:
    """Run `command` in `folder`. Raises RuntimeError, with what it told, where it fails."""
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder, **variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}\n{told}")
    # Linux counts in KiB, macOS in bytes: getrusage(2)
    return Took(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), told)


def built(root: Path, memory: Path | None = None, site: str = "site") -> Took:
    """Build the site of the project in `root`, its runs remembered in `memory` alone."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site]
    variables = {"SNIPPETS_MEMORY": str(memory)} if memory else {"FRESH": "1"}
    return took(command, root, **variables)


def median(times: int, action: Callable[[], Took]) -> Took:
    """The one of `times` repetitions that took neither longest nor shortest."""
    runs = sorted((action() for _ in range(times)), key=lambda one: one.seconds)
    return runs[(times - 1) // 2]


def in_turn(times: int, one: Callable[[], Took], other: Callable[[], Took]) -> tuple[Took, float]:
    """The median of `other`, and the median of its ratios to a run of `one` right before it.

    A machine that others use too is now fast and now slow: neighbours are compared.
    """
    pairs = [(one().seconds, other()) for _ in range(times)]
    ratios = sorted(after.seconds / before for before, after in pairs)
    seconds = sorted((after for _, after in pairs), key=lambda took: took.seconds)
    middle = (times - 1) // 2
    return seconds[middle], ratios[middle]
