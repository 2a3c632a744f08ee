"""How many cores programs may use."""

from __future__ import annotations

import os


def cores() -> int:
    """How many cores this process, and so its children, may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
