"""Start of a program as the child of a guard process, on Linux.

The first lines of a program are measured already, while other interpreters may be starting.
So the probe makes the program wait before its first line until the supervisor releases it.

A program may kill its parent. That must not be the supervisor, so a guard process is forked
as the parent: it starts the program, waits for it, and exits with the same exit status. If
the guard is killed, the program becomes a child of the supervisor, which is the reaper of
orphans. If the supervisor is killed, the guard kills the process tree.
"""

from __future__ import annotations

import os
import resource
import select
import signal
from collections.abc import Mapping
from contextlib import suppress

from endings import ending
from family import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, end_family, prctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# A program reserves more memory than it uses, so the kernel's limit is only a backstop: this
# multiple of the memory limit, and these bytes per thread, twice the usual stack.
RESERVED = 4
STACK = 16 << 20
# Seconds between signals that resume the guard process until the program has started.
PULSE = 0.05


class Program:
    """A running program. `pid` is its PID, `pipes` are file descriptors by stream.

    With the probe it waits before its first line: the file descriptor `ready` becomes
    readable then, or when the program ends before that.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        """Start the program of `request`. Raises OSError if that fails."""
        pipes = {"stdout": os.pipe(), "stderr": os.pipe()}
        hold = [*os.pipe(), *os.pipe()]
        told, tell = os.pipe()
        supervisor = os.getpid()
        self._between = os.fork()
        if not self._between:
            try:
                _stand_between(request, pipes, hold, tell, supervisor)
            finally:
                os._exit(127)
        for _, writing in pipes.values():
            os.close(writing)
        self.ready, its_ready, its_go, self._go = hold
        os.close(its_ready)
        os.close(its_go)
        self.pipes = {stream: reading for stream, (reading, _) in pipes.items()}
        os.close(tell)
        pid, _, error = self._heard(told).partition(" ")
        if error:
            raise OSError(error)
        self.pid = int(pid)
        self._waited = [self._between, self.pid]
        self._status = 0

    def _heard(self, told: int) -> str:
        """Return the program's PID, or an error, from the pipe `told`.

        The program may run already and have stopped the guard process, which then keeps the
        pipe open; so the guard is resumed until the pipe closes.
        """
        heard = b""
        with open(told, "rb", buffering=0) as file:
            while True:
                if select.select([file], [], [], PULSE)[0]:
                    if not (part := file.read(4096)):
                        return heard.decode()
                    heard += part
                os.kill(self._between, signal.SIGCONT)

    def go(self) -> None:
        """Release the program to run its first line."""
        with suppress(BrokenPipeError):  # the program has ended already
            os.write(self._go, b".")

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the PIDs of helper processes, which do not belong to the program."""
        return (self._between,)

    def ended(self) -> bool:
        """Return True if the program and its guard process have ended, and reap them.

        To be polled: each call resumes the guard, which the program may have stopped.
        """
        with suppress(ProcessLookupError):
            os.kill(self._between, signal.SIGCONT)
        while self._waited:
            try:
                pid, status = os.waitpid(self._waited[0], os.WNOHANG)
            except ChildProcessError:  # not our child: use the guard's exit status
                pid, status = self._waited[0], self._status
            if not pid:
                return False
            self._status = status
            self._waited.pop(0)
        return True

    @property
    def ending(self) -> str:
        """Return the exit status in words: `exit 1` or `signal SIGSEGV`."""
        return ending(os.waitstatus_to_exitcode(self._status))


def _stand_between(
    request: Mapping[str, Any],
    pipes: dict[str, tuple[int, int]],
    hold: list[int],
    tell: int,
    supervisor: int,
) -> NoReturn:
    os.setsid()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, lambda *_: _ended_without(supervisor))
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    _ended_without(supervisor)  # it may have been killed before prctl
    program = os.fork()
    if not program:
        try:
            _become(request, pipes, hold, tell)
        except OSError as error:
            os.write(tell, f" {error}".encode())
        finally:
            os._exit(127)
    os.closerange(0, tell + 1)  # so that the program's pipes close when it ends
    # WNOWAIT leaves the program to the supervisor to reap: if this process were killed after
    # reaping it, the exit status would be lost.
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        assert ended
        if ended.si_pid == program:
            break
        os.waitpid(ended.si_pid, 0)
    _die_as(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status)


def _become(
    request: Mapping[str, Any], pipes: dict[str, tuple[int, int]], hold: list[int], tell: int
) -> NoReturn:
    """Replace this process by the program. Raises OSError if that fails."""
    os.setsid()
    os.chdir(request["directory"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, file in enumerate((nothing, pipes["stdout"][1], pipes["stderr"][1])):
        os.dup2(file, target)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these, and exec(2)
        signal.signal(number, signal.SIG_DFL)  # keeps ignored signals ignored
    bound(request["limits"])
    os.write(tell, str(os.getpid()).encode())  # before the program can run
    _, ready, go, _ = hold
    environment = request["environment"]
    if request["probed"]:
        os.set_inheritable(ready, True)
        os.set_inheritable(go, True)
        environment = {**environment, "SNIPPET_GO": f"{ready} {go}"}
    os.execve(request["command"][0], request["command"], environment)


def _ended_without(supervisor: int) -> None:
    if os.getppid() != supervisor:
        end_family()
        os._exit(1)


def _die_as(code: int) -> NoReturn:
    """Exit with `code` as `subprocess` has it, or die by the signal it means.

    The supervisor then sees the program's exit status as that of the guard process.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if code < 0:
        with suppress(OSError, ValueError):  # SIGKILL has no handler to reset
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def bound(limits: Mapping[str, Any]) -> None:
    """Set the limits that the kernel enforces on this process; see setrlimit(2).

    They cover core dumps, file size and reserved memory.
    """
    for number, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["files"]),
        (resource.RLIMIT_DATA, limits["memory"] * RESERVED + limits["threads"] * STACK),
    ):
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        with suppress(OSError, ValueError):  # not supported by this system
            resource.setrlimit(number, (most, most))
