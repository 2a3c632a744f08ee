"""Have supervisors run programs side by side, a few at a time where these compute."""

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
from snippet_engine.execution.cores import cores
from snippet_engine.execution.fork_server_client import Supervisor, start

# How much longer than its limits a supervisor may take, seconds, before it is
# taken for dead; and how long a program waits for its turn at most.
GRACE = 60.0
TURN = 10.0

# How many programs start at once: an interpreter that starts computes, and so do most programs
# at their first lines, which import. That would lengthen what the others measure.
_starting = threading.BoundedSemaphore(max(1, cores() - 1))


def supervise(
    command: Sequence[str],
    environment: dict[str, str],
    server: Path | None,
    request: dict[str, Any],
    gate: threading.Event | None = None,
) -> dict[str, Any]:
    """What a supervisor saw that carried out `request`; see `start` for who that is.

    Before that it says when its program waits at the first line, which it leaves when the
    `gate` is open; and when its first lines are behind it. If this process ends, it ends too.

    Raises ExecutionError where the program could not be started, and where the
    supervisor ended before it had answered, or did not answer in time.
    """
    longest = request["patience"] + request["seconds"] + GRACE
    said = b""
    with (
        suppress(BrokenPipeError),  # it ended before it was asked
        _Turn() as turn,
        start(command, environment, server) as supervisor,
    ):
        assert supervisor.stdin
        supervisor.stdin.write(marshal.dumps(request))
        supervisor.stdin.flush()
        # Its input stays open: the lifeline.
        while (said := _line_of(supervisor, longest)) in (b"ready\n", b"begun\n"):
            if said == b"begun\n":
                turn.end()
                continue
            if gate and not gate.is_set():
                turn.end()
                gate.wait()
                turn.begin()
            with suppress(BrokenPipeError):  # its program has ended, and it has said so
                supervisor.stdin.write(b".")
                supervisor.stdin.flush()
        try:
            supervisor.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:  # the kernel cannot end what is in there
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
    """What it says next; where that takes longer than so many seconds, it is killed."""
    watchdog = threading.Timer(longest, supervisor.kill)
    watchdog.daemon = True
    watchdog.start()
    assert supervisor.stdout
    try:
        return supervisor.stdout.readline()
    finally:
        watchdog.cancel()


class _Turn:
    """To be one of the few that may compute; a context, which waits for it, and ends it."""

    def __init__(self) -> None:
        self._has = False

    def begin(self) -> None:
        """Wait for it, but not for ever."""
        self._has = _starting.acquire(timeout=TURN)

    def end(self) -> None:
        """Leave it to another, if that has not been done."""
        if self._has:
            self._has = False
            _starting.release()

    def __enter__(self) -> _Turn:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
