"""Start supervisors: forked by a server where there can be one, else each by itself."""

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

# How long a server may take for an answer, seconds; its first comes when it has started.
PATIENCE = 5.0


class Forked:
    """A supervisor that a server has forked, to be used as one of `subprocess.Popen`."""

    def __init__(self, server: Server, pid: int, asks: int, tells: int) -> None:
        """`asks` and `tells` are the other ends of its standard input and output."""
        self.returncode: int | None = None
        self._server = server
        self._pid = pid
        self._process = os.pidfd_open(pid)
        self.stdin = os.fdopen(asks, "wb")
        self.stdout = os.fdopen(tells, "rb")

    def kill(self) -> None:
        """End it by SIGKILL, if it has not ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int | None:
        """Its exit code, when it has ended; None if nobody knows. Raises TimeoutExpired."""
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
    """A process that forks supervisors when asked; see `supervisor/forking.py`."""

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
        # Reaped as soon as it ends, however it ends.
        threading.Thread(target=self._process.wait, daemon=True).start()
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end; supervisors that still run go on."""
        self._socket.close()

    def fork(self) -> Forked:
        """A new supervisor. Raises OSError if there is no answer."""
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
        """That of a supervisor that has ended; None where there is no answer."""
        with suppress(OSError):
            return self._ask(b"%d" % pid)
        return None

    def _ask(self, what: bytes, *files: int) -> int:
        """Its answer. Where there is none it is ended, for one that came late would mislead."""
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
    """A supervisor: forked by the `server` of that file, or else the `command` started.

    A server that does not answer was killed or stopped: the next program gets another.
    """
    if server and server.is_file():
        mine = os.getpid(), server  # a fork of this process shares no server with it
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
