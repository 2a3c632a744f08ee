"""Fork server that saves each supervisor an interpreter start; Linux only.

Its standard input is a Unix socket. Each message on it is a request of the engine, which
gets a number as its answer:

| request | answer |
| --- | --- |
| `fork`, with two file descriptors | the PID of a new supervisor that has these as its \
standard input and output |
| the PID of a supervisor that has ended | its exit code, as `subprocess` has it |

The server exits when the engine closes the socket. Running supervisors then notice that
their standard input is closed, and exit too.
"""

from __future__ import annotations

import gc
import os
import socket

from . import (
    linux,  # noqa: F401 - so that no supervisor imports it again
    serve,
)
from .process_tree import PR_SET_DUMPABLE, prctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> None:
    """Answer requests on the socket that is standard input until the engine closes it."""
    prctl(PR_SET_DUMPABLE, 0)  # proc(5): denies programs access to this process
    gc.freeze()  # so that a collection in a fork does not copy these pages
    answer_requests(socket.socket(fileno=0))


def answer_requests(engine: socket.socket) -> None:
    """Answer requests on the socket `engine` until the engine closes it."""
    while True:
        request, files, _, _ = socket.recv_fds(engine, 16, 2)
        if files:
            pid = os.fork()
            if not pid:
                engine.close()
                _become_supervisor(*files)
            for file in files:
                os.close(file)
            engine.send(b"%d" % pid)
        elif request:
            _, status = os.waitpid(int(request), 0)
            engine.send(b"%d" % os.waitstatus_to_exitcode(status))
        else:
            return


def _become_supervisor(*files: int) -> NoReturn:
    """Serve a request in a new session, with `files` as standard input and output."""
    try:
        os.setsid()
        for target, file in enumerate(files):
            os.dup2(file, target)
            os.close(file)
        serve.main()
    finally:
        os._exit(1)
