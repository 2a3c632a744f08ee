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

from snippet_engine.execution import paths

# Seconds within which a server must answer; its first answer includes the time of its start.
ANSWER_TIMEOUT_S = 5.0


class ForkedSupervisor:
    """A supervisor forked by a server, with the interface of `subprocess.Popen`."""

    def __init__(self, server: ForkServer, pid: int, writer: int, reader: int) -> None:
        """Wrap the supervisor `pid`, which `server` has forked.

        The file descriptors `writer` and `reader` are this process's ends of the pipes that
        are its standard input and output; they are closed when the context ends.
        """
        self.returncode: int | None = None
        self.pid = pid
        self._server = server
        self._pidfd = os.pidfd_open(pid)
        self.stdin = os.fdopen(writer, "wb")
        self.stdout = os.fdopen(reader, "rb")

    def kill(self) -> None:
        """Kill the supervisor by SIGKILL, if it has not ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the supervisor has ended, and return its exit code.

        None as `timeout` means no limit, in seconds; None as the result means that the
        server does not know the exit code. Raises TimeoutExpired.
        """
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._pidfd, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("supervisor", timeout or 0.0)
            self.returncode = self._server.fetch_exit_code(self.pid)
        return self.returncode

    def __enter__(self) -> ForkedSupervisor:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.wait()
        os.close(self._pidfd)


class ForkServer:
    """A server process that forks supervisors; see `supervisor/fork_server.py`."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._lock = threading.Lock()
        self._socket, other_end = socket.socketpair()
        self._socket.settimeout(ANSWER_TIMEOUT_S)
        with other_end:
            self.process = subprocess.Popen(
                command,
                stdin=other_end.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        # A thread reaps the server whenever it ends, so that it never remains a zombie.
        threading.Thread(target=self.process.wait, daemon=True).start()
        atexit.register(self.close)

    def close(self) -> None:
        """Close the connection, which ends the server but no running supervisor."""
        self._socket.close()

    def spawn(self) -> ForkedSupervisor:
        """Return a newly forked supervisor. Raises OSError if the server does not answer."""
        its_stdin, writer = os.pipe()
        reader, its_stdout = os.pipe()
        try:
            pid = self._request(b"fork", its_stdin, its_stdout)
            return ForkedSupervisor(self, pid, writer, reader)
        except OSError:
            os.close(writer)
            os.close(reader)
            raise
        finally:
            os.close(its_stdin)
            os.close(its_stdout)

    def fetch_exit_code(self, pid: int) -> int | None:
        """Return the exit code of the supervisor `pid`, which has ended.

        None if the server does not answer.
        """
        with suppress(OSError):
            return self._request(b"%d" % pid)
        return None

    def _request(self, message: bytes, *files: int) -> int:
        """Send a request with open `files` to the server, and return its answer.

        A server that does not answer within `ANSWER_TIMEOUT_S` seconds is killed, since a
        late answer would be taken for that to the next request. Raises OSError then.
        """
        with self._lock:
            try:
                socket.send_fds(self._socket, [message], files)
                if answer := self._socket.recv(32):
                    return int(answer)
                raise ConnectionError("no answer")
            except OSError:
                self.close()
                self.process.kill()
                raise


Supervisor = ForkedSupervisor | subprocess.Popen[bytes]

_servers: dict[tuple[int, tuple[str, ...]], ForkServer] = {}
_servers_lock = threading.Lock()


def fork_server_command() -> list[str]:
    """Return the command that starts a fork server of supervisors."""
    return [sys.executable, "-I", "-S", str(paths.SUPERVISOR / "__main__.py"), "fork-server"]


def start_supervisor(
    command: Sequence[str], environment: dict[str, str], server_command: Sequence[str] | None
) -> Supervisor:
    """Return a new supervisor, forked by a server or else started by `command`.

    `server_command` starts the server, at its first use; None means to use `command`. A
    server that does not answer is dropped: this call uses `command`, and the next one
    starts a new server.
    """
    if server_command:
        key = os.getpid(), tuple(server_command)  # a fork of this process needs its own server
        with _servers_lock:
            if key not in _servers:
                _servers[key] = ForkServer(server_command, environment)
            server = _servers[key]
        try:
            return server.spawn()
        except OSError:
            with _servers_lock:
                if _servers.get(key) is server:
                    del _servers[key]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=environment,
    )
