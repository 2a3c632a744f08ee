"""Hold of a program before its first line, until the engine has it released.

The first lines of a program are measured already, so they must not run while other
interpreters are starting. The interpreter is started early and the probe then waits:

1. The probe reports on a pipe that the first line is reached, and reads from another one.
2. The supervisor notices, and sends `WAITING` to the engine.
3. The engine sends `RELEASE` when it is the program's turn.
4. The supervisor restarts its clock and writes to the probe's pipe, and the program runs.
"""

from __future__ import annotations

import os
from contextlib import suppress

# Environment variable with the probe's two file descriptors: to write to, and to read from.
VARIABLE = "SNIPPET_GO"


class StartGate:
    """The two pipes by which a program waits before its first line.

    The file descriptor `reached` becomes readable when the program waits, or when it ends
    before that. Both sides have both pipes until each has called its method.
    """

    def __init__(self) -> None:
        self.reached, self._report = os.pipe()
        self._wait, self._release = os.pipe()

    def enter_program(self) -> dict[str, str]:
        """Let the program inherit its ends of the pipes; return the variable that names them."""
        for file in (self._report, self._wait):
            os.set_inheritable(file, True)
        return {VARIABLE: f"{self._report} {self._wait}"}

    def enter_supervisor(self) -> None:
        """Close the program's ends of the pipes, in the supervisor."""
        os.close(self._report)
        os.close(self._wait)

    def release(self) -> None:
        """Let the program run its first line."""
        with suppress(BrokenPipeError):  # the program has ended already
            os.write(self._release, b".")
