"""Run a command with a time limit, then kill all its descendants.

    python time_limit.py SECONDS COMMAND…

The exit status is that of the command, or 124 on a timeout, like that of timeout(1).
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys

import psutil

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
EXIT_TIMEOUT = 124


def main() -> int:
    """Run the command and return the exit status."""
    if sys.platform == "linux":  # so that detached descendants become children
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TIMEOUT))
    try:
        with subprocess.Popen(sys.argv[2:]) as process:
            try:
                return process.wait(timeout=float(sys.argv[1]))
            except subprocess.TimeoutExpired:
                return EXIT_TIMEOUT
            finally:
                _kill_descendants()
    finally:
        _kill_descendants()


def _kill_descendants() -> None:
    while descendants := psutil.Process().children(recursive=True):
        for process in descendants:
            process.kill()  # psutil checks that the pid has not been reused
        psutil.wait_procs(descendants, timeout=5)


if __name__ == "__main__":
    sys.exit(main())
