"""Exit codes in words."""

from __future__ import annotations

import signal


def describe_exit(code: int) -> str:
    """Return an exit code, as `subprocess` has it, in words: `exit 1`, `signal SIGSEGV`."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:  # a real-time signal has no name
        return f"signal {-code}"
