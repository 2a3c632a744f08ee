"""How a program began and ended, told from what it left: events and a status."""

from __future__ import annotations

import signal

# NTSTATUS values, as which Windows gives what would be a signal elsewhere:
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
    """The ending of a program with the exit code of `subprocess`: `exit 1`, `signal SIGSEGV`.

    `exit 0xC0000005 (access violation)` on Windows.
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
    """The moment of the first line of process `pid`, once its probe has `told` it.

    A moment yet to come, which only the program itself can have written, is now.
    """
    for line in told.split(b"\n"):
        kind, *rest = line.split(b", ", 3)
        if kind == b"('begin'" and len(rest) == 3 and rest[1] == b"%d" % pid:
            moment = rest[0]
            if moment.replace(b".", b"", 1).isdigit():  # no `nan`, of which none is the larger
                return min(float(moment), now)
    return None
