"""Sampling of what a process tree uses, which finds the limit it has reached."""

from __future__ import annotations

import time

from .cpu_sampler import CpuSampler
from .disk_usage import measure_folders, measure_mounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Request

PROCESS_LIMIT = "limit: processes"
MEMORY_LIMIT = "limit: memory"
DISK_LIMIT = "limit: files"
# Largest share of its time that the supervisor may spend sampling.
MAX_MONITOR_LOAD = 0.2
# Seconds between samples while the program waits before its first line and uses hardly anything.
WAITING_INTERVAL_S = 1.0


class ResourceMonitor:
    """Sampler of a process tree; a subclass for each system lists and kills its processes.

    The next sample is to be taken at the time `due_at`.
    """

    def __init__(self, request: Request) -> None:
        self.cpu = CpuSampler()
        self.due_at = 0.0
        self._limits = request["limits"]
        self._folders = request["folders"]
        self._mounts = request["mounts"]
        self._interval = self._usual_interval = request["sample_interval_s"]
        self._sampled_at = 0.0

    def sample(self) -> str | None:
        """Sample the process tree, and return the limit it has reached, or None."""
        began, busy = time.monotonic(), time.process_time()
        since = self._sampled_at or began - self._usual_interval
        reached = self._check_processes(since) or self.check_disk(self._limits["disk_bytes"] + 1)
        self._sampled_at = began
        cost = time.process_time() - busy
        self.due_at = time.monotonic() + max(self._interval, cost / MAX_MONITOR_LOAD)
        return reached

    def slow_down(self) -> None:
        """Sample rarely, while the program waits before its first line."""
        self._interval = WAITING_INTERVAL_S
        self.due_at = time.monotonic() + WAITING_INTERVAL_S

    def resume(self) -> None:
        """Sample immediately and then at the usual interval, as the program now runs."""
        self._interval = self._usual_interval
        self.due_at = 0.0

    def check_disk(self, max_bytes: int) -> str | None:
        """Return `DISK_LIMIT` for `max_bytes` on disk or more, or for too many names, or None."""
        size, names = measure_folders(self._folders, self._limits["disk_names"])
        mounted, files = measure_mounts(self._mounts)
        size += mounted + self._measure_unlinked()
        has_reached = size >= max_bytes or names + files > self._limits["disk_names"]
        return DISK_LIMIT if has_reached else None

    def kill_tree(self) -> None:
        """Kill all processes of the tree, including those that start meanwhile."""
        raise NotImplementedError

    def measure_total(self) -> tuple[float, int]:
        """Return the CPU seconds of the whole tree, and the peak bytes of its largest process.

        To be called when all processes have been killed and reaped.
        """
        raise NotImplementedError

    def _check_processes(self, since: float) -> str | None:
        """Sample all processes since the time `since`; return the limit reached, or None."""
        raise NotImplementedError

    def _measure_unlinked(self) -> int:
        """Return the bytes of unlinked files that processes have open; 0 if unknown."""
        return 0
