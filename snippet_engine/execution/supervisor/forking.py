"""Fork server that saves each supervisor an interpreter start; Linux only.

Run as a script. Its standard input is a Unix socket, on which the engine requests

- with two file descriptors, a supervisor that has these as its standard input and output;
  the answer is its PID;
- with the PID of a supervisor that has ended, its exit code as `subprocess` has it.

The server exits when the engine does. Running supervisors then notice that their standard
input is closed, and exit too.
"""

from __future__ import annotations

import gc
import os
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def serve(engine: socket.socket) -> None:
    """Answer requests on the socket `engine` until the engine closes it."""
    while True:
        asked, files, _, _ = socket.recv_fds(engine, 16, 2)
        if files:
            pid = os.fork()
            if not pid:
                engine.close()
                _supervise(*files)
            for file in files:
                os.close(file)
            engine.send(b"%d" % pid)
        elif asked:
            _, status = os.waitpid(int(asked), 0)
            engine.send(b"%d" % os.waitstatus_to_exitcode(status))
        else:
            return


def _supervise(*files: int) -> NoReturn:
    """Become a supervisor in a new session, with `files` as standard input and output."""
    try:
        os.setsid()
        for target, file in enumerate(files):
            os.dup2(file, target)
            os.close(file)
        answer()
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))  # which -I leaves out
    import linux  # noqa: F401 - so that no supervisor imports it again
    from answering import answer
    from family import PR_SET_DUMPABLE, prctl

    prctl(PR_SET_DUMPABLE, 0)
    gc.freeze()  # so that a collection in a fork does not copy these pages
    serve(socket.socket(fileno=0))
