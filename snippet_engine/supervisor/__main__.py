"""Stand between the site build and one snippet: run it, watch it, end its family.

A program of its own: it reads one request, a value of `marshal`, from standard input,
runs the command and writes one line, a literal of Python: what was seen. How it watches
depends on the system: see `linux` and `elsewhere`.

One is started for each program, so it must start fast. It is run as a file, since a
folder would be by `runpy`. It imports nothing of the engine, nor, on Linux, what
imports many others: `json`, `re`, `subprocess`, `typing`.

Its standard input is a lifeline: when the build ends, however it ends, the pipe
closes, and the supervisor ends the family and itself.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command to its end, or to a limit. Raises OSError if it cannot start."""
    if request["proc"]:
        import linux

        return linux.watch(request)
    import elsewhere

    return elsewhere.watch(request)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))  # which -I leaves out
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
