"""Fork supervisors, which so need not start an interpreter each. Linux alone.

A program of its own: its standard input is a socket (unix(7)), on which the engine asks

- with two files, for a supervisor that has these as its standard input and output;
  the answer is its number;
- with the number of a supervisor that has ended, for its exit code as `subprocess` has it.

When the engine ends, it ends too. Supervisors that still run are ended by their lifelines.
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
    """Answer until the engine is gone."""
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
    """Be a supervisor, in a session of its own, with those for standard input and output."""
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
    import linux  # noqa: F401 - so that each supervisor has it already
    from answering import answer
    from family import PR_SET_DUMPABLE, prctl

    prctl(PR_SET_DUMPABLE, 0)
    gc.freeze()  # nor need it copy all that this one has made
    serve(socket.socket(fileno=0))
