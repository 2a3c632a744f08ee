"""The supervisor's side of its protocol: read a request, write the result."""

from __future__ import annotations

import marshal
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command until it ends or reaches a limit; return the result.

    Raises OSError if the command cannot be started.
    """
    if request["proc"]:
        import linux

        return linux.watch(request)
    import elsewhere

    return elsewhere.watch(request)


def answer() -> NoReturn:
    """Read a request from standard input, write its result, and exit.

    The request is in `marshal` format; the result is a line with a Python literal.
    """
    # A signal must not end the supervisor: it exits when standard input closes, after it
    # has killed the process tree. A handler, because the program would inherit SIG_IGN.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    try:
        seen = watch(marshal.load(sys.stdin.buffer))  # noqa: S302 - the request comes from the engine
    except (OSError, ImportError) as error:
        seen = {"error": str(error)}
    sys.stdout.write(ascii(seen) + "\n")
    sys.stdout.flush()
    os._exit(0)  # does not wait for threads that still read
