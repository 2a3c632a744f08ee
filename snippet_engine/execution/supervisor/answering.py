"""Be a supervisor: read one request from standard input, carry it out, write what was seen."""

from __future__ import annotations

import marshal
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command to its end, or to a limit. Raises OSError if it cannot start."""
    if request["proc"]:
        import linux

        return linux.watch(request)
    import elsewhere

    return elsewhere.watch(request)


def answer() -> NoReturn:
    """Read a request, a value of `marshal`; write one line, a literal of Python; end."""
    # What the terminal sends to the build is not for the supervisor: the
    # lifeline tells it the same, and then the family is ended first.
    # A handler, not SIG_IGN: that would pass to the program.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    try:
        seen = watch(marshal.load(sys.stdin.buffer))  # noqa: S302 - it is the engine that asks
    except (OSError, ImportError) as error:
        seen = {"error": str(error)}
    sys.stdout.write(ascii(seen) + "\n")
    sys.stdout.flush()
    os._exit(0)  # waits for no thread that still reads
