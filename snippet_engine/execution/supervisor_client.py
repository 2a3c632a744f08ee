"""Client of the supervisors, which limits how many programs start concurrently."""

from __future__ import annotations

import ast
import marshal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.fork_server_client import Supervisor, start_supervisor
from snippet_engine.execution.supervisor.protocol import (
    RELEASE,
    STARTED,
    WAITING,
    Request,
    Result,
)

# Seconds past its limits after which a supervisor counts as dead.
GRACE_S = 60.0
# The most seconds that a program waits for a start-up slot.
SLOT_TIMEOUT_S = 10.0

# Start-up slots: a starting interpreter and the first imports of a program use a core fully,
# which would distort the times measured in other programs.
_slots = threading.BoundedSemaphore(max(1, count_cores() - 1))


def run_supervised(
    command: Sequence[str],
    environment: dict[str, str],
    server_command: Sequence[str] | None,
    request: Request,
    gate: threading.Event | None = None,
) -> Result:
    """Have a supervisor run the program of `request`, and return its result.

    `command`, `environment` and `server_command` say how to start the supervisor; see
    `start_supervisor`. The program waits before its first line until `gate` is set; None
    means that it does not wait. It holds a start-up slot except while it waits for `gate`,
    until the supervisor reports that its first imports are over. The supervisor kills the
    process tree when this process ends.

    Raises ExecutionError if the program cannot be started, or if the supervisor ends
    without a result or does not answer in time.
    """
    timeout = request["start_limit_s"] + request["time_limit_s"] + GRACE_S
    line = b""
    with (
        suppress(BrokenPipeError),  # the supervisor ended before it read the request
        StartSlot() as slot,
        start_supervisor(command, environment, server_command) as supervisor,
    ):
        _send(supervisor, marshal.dumps(cast(Any, request)))
        # Its standard input stays open, so that it notices the end of this process.
        while True:
            line = _read_line(supervisor, timeout)
            if line == f"{WAITING}\n".encode():
                if gate and not gate.is_set():
                    slot.release()
                    gate.wait()
                    slot.acquire()
                with suppress(BrokenPipeError):  # program and supervisor have ended
                    _send(supervisor, RELEASE)
            elif line == f"{STARTED}\n".encode():
                slot.release()
            else:
                break
        try:
            supervisor.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:  # a process is stuck in the kernel
            supervisor.kill()
    try:
        answer = ast.literal_eval(line.decode())
    except (ValueError, SyntaxError):
        status = supervisor.returncode
        raise ExecutionError(f"the supervisor of a snippet ended early ({status})") from None
    if "error" in answer:
        raise ExecutionError(f"a snippet could not be started: {answer['error']}")
    result: Result = answer
    return result


def _send(supervisor: Supervisor, data: bytes) -> None:
    assert supervisor.stdin
    supervisor.stdin.write(data)
    supervisor.stdin.flush()


def _read_line(supervisor: Supervisor, timeout: float) -> bytes:
    """Return the next line from `supervisor`, which is killed after `timeout` seconds.

    Empty bytes mean that the supervisor has ended.
    """
    watchdog = threading.Timer(timeout, supervisor.kill)
    watchdog.daemon = True
    watchdog.start()
    assert supervisor.stdout
    try:
        return supervisor.stdout.readline()
    finally:
        watchdog.cancel()


class StartSlot:
    """Context manager that holds one of the start-up slots."""

    def __init__(self) -> None:
        self._is_held = False

    def acquire(self) -> None:
        """Wait for a slot, but at most `SLOT_TIMEOUT_S` seconds; then do without one."""
        self._is_held = _slots.acquire(timeout=SLOT_TIMEOUT_S)

    def release(self) -> None:
        """Release the slot, if one is held."""
        if self._is_held:
            self._is_held = False
            _slots.release()

    def __enter__(self) -> StartSlot:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
