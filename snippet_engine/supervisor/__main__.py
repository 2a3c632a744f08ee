"""Stand between the site build and one snippet: run it, watch it, end its family.

A program of its own: `python supervisor` reads one request, a line of JSON, from
standard input, runs the command and writes one line of JSON: what was seen. It
imports nothing of the engine, so that it starts fast. How it watches depends on the
system: see `linux` and `elsewhere`.

Its standard input is a lifeline: when the build ends, however it ends, the pipe
closes, and the supervisor ends the family and itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command to its end, or to a limit. Raises OSError if it cannot start."""
    if request["proc"]:
        import linux

        return linux.watch(request)
    import elsewhere

    return elsewhere.watch(request)


if __name__ == "__main__":
    # What the terminal sends to the build is not for the supervisor: the
    # lifeline tells it the same, and then the family is ended first.
    # A handler, not SIG_IGN: that would pass to the program.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    try:
        seen = watch(json.loads(sys.stdin.buffer.readline()))
    except (OSError, ImportError) as error:
        seen = {"error": str(error)}
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()
    os._exit(0)  # waits for no thread that still reads
