"""Serving of one request: read it, run its program, write the result, exit."""

from __future__ import annotations

import marshal
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from .protocol import Failure, Request, Result


def run_program(request: Request) -> Result:
    """Run the program of `request` until it ends or reaches a limit.

    Raises OSError if it cannot be started.
    """
    if request["has_proc"]:
        from . import linux

        return linux.run_program(request)
    from . import portable

    return portable.run_program(request)


def main() -> NoReturn:
    """Serve the request on standard input, write its result to standard output, and exit."""
    # A signal must not end the supervisor: it exits when standard input closes, after it
    # has killed the process tree. A handler, because the program would inherit SIG_IGN.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    result: Result | Failure
    try:
        result = run_program(marshal.load(sys.stdin.buffer))  # noqa: S302 - from the engine
    except (OSError, ImportError) as error:
        result = {"error": str(error)}
    sys.stdout.write(ascii(result) + "\n")
    sys.stdout.flush()
    os._exit(0)  # skips the clean-up of the interpreter, which takes time
