"""Sampling of the CPU use of threads."""

from __future__ import annotations

import os
import time
from contextlib import suppress


class CpuSampler:
    """Shares of a core that each thread of a process tree uses, by sampling.

    `shares` has, by PID and thread ID, each change of the share, from 0 to 1, and its time.
    """

    def __init__(self) -> None:
        self.shares: dict[tuple[int, int], list[tuple[float, float]]] = {}
        self._last: dict[tuple[int, int], tuple[float, int]] = {}

    def sample(self, pid: int, threads: list[str], since: float) -> None:
        """Sample the CPU use of each thread of a process since the time `since`; Linux only.

        The source is /proc/PID/task/TID/schedstat, whose first number is the nanoseconds on
        a core (https://docs.kernel.org/scheduler/sched-stats.html): the clock ticks of other
        interfaces are too coarse for a run of a second.
        """
        for thread in threads:
            with suppress(OSError, ValueError, IndexError):
                folder, key = f"/proc/{pid}/task/{thread}", (pid, int(thread))
                began = since if key in self._last else max(since, _read_start_time(folder))
                with open(f"{folder}/schedstat", "rb") as file:
                    used_ns = int(file.read().split()[0])
                self.record(key, time.monotonic(), used_ns, began)

    def record(self, key: tuple[int, int], now: float, used_ns: int, began: float) -> None:
        """Record that the thread `key` has used `used_ns` nanoseconds of CPU time by `now`.

        `began` is the start of the interval for a thread that was not sampled before.
        """
        before, used_before = self._last.get(key, (began, 0))
        self._last[key] = (now, used_ns)
        share = round(min(1.0, (used_ns - used_before) / 1e9 / max(now - before, 1e-6)), 2)
        shares = self.shares.setdefault(key, [])
        if not shares or shares[-1][1] != share:
            shares.append((before, share))


def _read_start_time(folder: str) -> float:
    """Return when a thread started, in `time.monotonic`, within half a clock tick.

    `folder` is its folder in /proc. Raises OSError if the thread has ended.
    """
    with open(f"{folder}/stat", "rb") as file:
        ticks = int(file.read().rpartition(b") ")[2].split()[19]) + 0.5
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - age
