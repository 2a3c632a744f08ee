"""How a program ended, from its exit code, and when it began, from its events."""

from __future__ import annotations

import signal

# NTSTATUS values, which Windows uses as exit codes where other systems have signals:
# https://learn.microsoft.com/openspecs/windows_protocols/ms-erref
_STATUS = {
    0xC0000005: "access violation",
    0xC000001D: "illegal instruction",
    0xC0000094: "integer division by zero",
    0xC00000FD: "stack overflow",
    0xC0000135: "a library is missing",
    0xC000013A: "ended by Ctrl-C",
    0xC0000374: "heap corruption",
    0xC0000409: "aborted",
}


def ending(code: int) -> str:
    """Return the exit status of a program in words: `exit 1`, `signal SIGSEGV`.

    `code` is an exit code as `subprocess` has it. Errors on Windows become
    `exit 0xC0000005 (access violation)`.
    """
    if code >= 1 << 31:
        said = _STATUS.get(code)
        return f"exit 0x{code:08X}" + (f" ({said})" if said else "")
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:  # a real-time signal has no name
        return f"signal {-code}"


def first_line(told: bytes, pid: int, now: float) -> float | None:
    """Return the time of the first line of process `pid`, or None if not reported.

    `told` is the trace. A future time, which only the program can have forged, is
    replaced by `now`.
    """
    for line in told.split(b"\n"):
        kind, *rest = line.split(b", ", 3)
        if kind == b"('begin'" and len(rest) == 3 and rest[1] == b"%d" % pid:
            moment = rest[0]
            if moment.replace(b".", b"", 1).isdigit():  # excludes `nan`, which `min` would return
                return min(float(moment), now)
    return None
