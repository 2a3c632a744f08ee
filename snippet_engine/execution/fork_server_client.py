"""Start of supervisors, by a fork server where possible, else as new processes."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

# Seconds within which a server must answer; its first answer includes the time of its start.
PATIENCE = 5.0


class Forked:
    """A supervisor forked by a server, with the interface of `subprocess.Popen`."""

    def __init__(self, server: Server, pid: int, asks: int, tells: int) -> None:
        """Wrap the supervisor `pid`, which `server` has forked.

        The file descriptors `asks` and `tells` are this process's ends of the pipes that
        are its standard input and output; they are closed when the context ends.
        """
        self.returncode: int | None = None
        self._server = server
        self._pid = pid
        self._process = os.pidfd_open(pid)
        self.stdin = os.fdopen(asks, "wb")
        self.stdout = os.fdopen(tells, "rb")

    def kill(self) -> None:
        """Kill the supervisor by SIGKILL, if it has not ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the supervisor has ended, and return its exit code.

        None as `timeout` means no limit, in seconds; None as the result means that the
        server does not know the exit code. Raises TimeoutExpired.
        """
        if self.returncode is None:
            ended = select.poll()
            ended.register(self._process, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("supervisor", timeout or 0.0)
            self.returncode = self._server.exit_code(self._pid)
        return self.returncode

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.wait()
        os.close(self._process)


class Server:
    """A server process that forks supervisors; see `supervisor/forking.py`."""

    def __init__(self, script: Path, environment: dict[str, str]) -> None:
        self._lock = threading.Lock()
        self._socket, other = socket.socketpair()
        self._socket.settimeout(PATIENCE)
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(script)],
                stdin=other.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        # A thread reaps the server whenever it ends, so that it never remains a zombie.
        threading.Thread(target=self._process.wait, daemon=True).start()
        atexit.register(self.close)

    def close(self) -> None:
        """Close the connection, which ends the server but no running supervisor."""
        self._socket.close()

    def fork(self) -> Forked:
        """Return a newly forked supervisor. Raises OSError if the server does not answer."""
        given, asks = os.pipe()
        tells, taken = os.pipe()
        try:
            pid = self._ask(b"fork", given, taken)
            return Forked(self, pid, asks, tells)
        except OSError:
            os.close(asks)
            os.close(tells)
            raise
        finally:
            os.close(given)
            os.close(taken)

    def exit_code(self, pid: int) -> int | None:
        """Return the exit code of the supervisor `pid`, which has ended.

        None if the server does not answer.
        """
        with suppress(OSError):
            return self._ask(b"%d" % pid)
        return None

    def _ask(self, what: bytes, *files: int) -> int:
        """Send a request with open `files` to the server, and return its answer.

        A server that does not answer within `PATIENCE` seconds is killed, since a late
        answer would be taken for that to the next request. Raises OSError then.
        """
        with self._lock:
            try:
                socket.send_fds(self._socket, [what], files)
                if answer := self._socket.recv(32):
                    return int(answer)
                raise ConnectionError("no answer")
            except OSError:
                self.close()
                self._process.kill()
                raise


Supervisor = Forked | subprocess.Popen[bytes]

_servers: dict[tuple[int, Path], Server] = {}
_choosing = threading.Lock()


def start(command: Sequence[str], environment: dict[str, str], server: Path | None) -> Supervisor:
    """Return a new supervisor, forked by `server` or else started by `command`.

    `server` is the script of a fork server, which is started at its first use; None
    means to use `command`. A server that does not answer is dropped: this call uses
    `command`, and the next one starts a new server.
    """
    if server and server.is_file():
        mine = os.getpid(), server  # a fork of this process must not share its server
        with _choosing:
            if mine not in _servers:
                _servers[mine] = Server(server, environment)
            chosen = _servers[mine]
        try:
            return chosen.fork()
        except OSError:
            with _choosing:
                if _servers.get(mine) is chosen:
                    del _servers[mine]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=environment,
    )
