"""Run a command for so many seconds at most, and leave no descendant of it behind.

    python bounded.py SECONDS COMMAND…

Ends as the command does, or with 124, as timeout(1) does, where the time was up.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys

import psutil

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
TIME_IS_UP = 124


def main() -> int:
    """Run it; returns what to end with."""
    if sys.platform == "linux":  # so that what detached itself is found too
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TIME_IS_UP))
    try:
        with subprocess.Popen(sys.argv[2:]) as process:
            try:
                return process.wait(timeout=float(sys.argv[1]))
            except subprocess.TimeoutExpired:
                return TIME_IS_UP
            finally:
                _end_all()
    finally:
        _end_all()


def _end_all() -> None:
    while family := psutil.Process().children(recursive=True):
        for one in family:
            one.kill()  # psutil makes sure that it is still the same process
        psutil.wait_procs(family, timeout=5)


if __name__ == "__main__":
    sys.exit(main())
