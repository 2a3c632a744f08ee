"""The number of cores that programs may use."""

from __future__ import annotations

import os


def count_cores() -> int:
    """Return how many cores this process and its children may use.

    That is the CPU affinity, or all cores where the system has none.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
