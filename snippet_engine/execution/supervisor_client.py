"""Client of the supervisors, which limits how many programs start concurrently."""

from __future__ import annotations

import ast
import marshal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.fork_server_client import Supervisor, start

# Seconds past its limits after which a supervisor counts as dead; and the most
# seconds that a program waits for a start-up slot.
GRACE = 60.0
TURN = 10.0

# Start-up slots: a starting interpreter and the first imports of a program use a core fully,
# which would distort the times measured in other programs.
_starting = threading.BoundedSemaphore(max(1, count_cores() - 1))


def supervise(
    command: Sequence[str],
    environment: dict[str, str],
    server: Path | None,
    request: dict[str, Any],
    gate: threading.Event | None = None,
) -> dict[str, Any]:
    """Have a supervisor run the program of `request`, and return its result.

    `command`, `environment` and `server` say how to start the supervisor; see `start`.
    The program waits before its first line until `gate` is set; None means that it does
    not wait. It holds a start-up slot except while it waits for `gate`, until the
    supervisor reports that its first imports are over. The supervisor kills the process
    tree when this process ends.

    Raises ExecutionError if the program cannot be started, or if the supervisor ends
    without a result or does not answer in time.
    """
    longest = request["patience"] + request["seconds"] + GRACE
    said = b""
    with (
        suppress(BrokenPipeError),  # the supervisor ended before it read the request
        _Turn() as turn,
        start(command, environment, server) as supervisor,
    ):
        assert supervisor.stdin
        supervisor.stdin.write(marshal.dumps(request))
        supervisor.stdin.flush()
        # Its standard input stays open, so that it notices the end of this process.
        while (said := _line_of(supervisor, longest)) in (b"ready\n", b"begun\n"):
            if said == b"begun\n":
                turn.end()
                continue
            if gate and not gate.is_set():
                turn.end()
                gate.wait()
                turn.begin()
            with suppress(BrokenPipeError):  # the program has ended, and the supervisor with it
                supervisor.stdin.write(b".")
                supervisor.stdin.flush()
        try:
            supervisor.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:  # a process is stuck in the kernel
            supervisor.kill()
    try:
        seen: dict[str, Any] = ast.literal_eval(said.decode())
    except (ValueError, SyntaxError):
        status = supervisor.returncode
        raise ExecutionError(f"the supervisor of a snippet ended early ({status})") from None
    if "error" in seen:
        raise ExecutionError(f"a snippet could not be started: {seen['error']}")
    return seen


def _line_of(supervisor: Supervisor, longest: float) -> bytes:
    """Return the next line from `supervisor`, which is killed after `longest` seconds.

    Empty bytes mean that the supervisor has ended.
    """
    watchdog = threading.Timer(longest, supervisor.kill)
    watchdog.daemon = True
    watchdog.start()
    assert supervisor.stdout
    try:
        return supervisor.stdout.readline()
    finally:
        watchdog.cancel()


class _Turn:
    """Context manager that holds one of the start-up slots."""

    def __init__(self) -> None:
        self._has = False

    def begin(self) -> None:
        """Wait for a start-up slot, but at most `TURN` seconds; then do without one."""
        self._has = _starting.acquire(timeout=TURN)

    def end(self) -> None:
        """Release the start-up slot, if one is held."""
        if self._has:
            self._has = False
            _starting.release()

    def __enter__(self) -> _Turn:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
