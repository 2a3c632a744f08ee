"""Start the program, with a process in between that it may take for its parent.

An interpreter computes when it starts, and a program at its first lines, which are measured
already. So the probe holds it before them until it may go on.

A program may kill its parent. That must not be the supervisor, so it is a small
process forked for this alone: it starts the program, waits, and dies as it died.
If it is killed, the program goes on as a child of the supervisor, who is the
reaper of orphans. If the supervisor is killed, it ends the family in its place.
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

# What is reserved of memory is more than what is used, so its limit is a backstop
# only: so many times the memory, and so many bytes for each thread, twice its stack.
RESERVED = 4
STACK = 16 << 20
# How often to wake the process in between, seconds, while it has not told of the start.
PULSE = 0.05


class Program:
    """The program of a request, running. `pid` is its own; `pipes` what it prints into.

    One that is probed waits at its first line: `ready` is a file that can be read then, or
    when it has ended before.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        """Start it. Raises OSError where that cannot be done."""
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
        """What was told of the start. The program may run already, and have stopped who tells."""
        heard = b""
        with open(told, "rb", buffering=0) as file:
            while True:
                if select.select([file], [], [], PULSE)[0]:
                    if not (part := file.read(4096)):
                        return heard.decode()
                    heard += part
                os.kill(self._between, signal.SIGCONT)

    def go(self) -> None:
        """Let it go on to its first line."""
        with suppress(BrokenPipeError):  # it has ended before that
            os.write(self._go, b".")

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes that are none of the program's own."""
        return (self._between,)

    def ended(self) -> bool:
        """Whether the program has ended; asked again and again while it runs."""
        with suppress(ProcessLookupError):
            os.kill(self._between, signal.SIGCONT)  # the program may have stopped it
        while self._waited:
            try:
                pid, status = os.waitpid(self._waited[0], os.WNOHANG)
            except ChildProcessError:  # not ours: the process in between has seen its end
                pid, status = self._waited[0], self._status
            if not pid:
                return False
            self._status = status
            self._waited.pop(0)
        return True

    @property
    def ending(self) -> str:
        """How it ended, in words: `exit 1` or `signal SIGSEGV`."""
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
    _ended_without(supervisor)  # had it been killed already
    program = os.fork()
    if not program:
        try:
            _become(request, pipes, hold, tell)
        except OSError as error:
            os.write(tell, f" {error}".encode())
        finally:
            os._exit(127)
    os.closerange(0, tell + 1)  # else the pipes would stay open when the program has ended
    # It is left to the supervisor to reap: were this process killed when it has just done
    # that, nobody would know how the program ended.
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
    """Start the program in this process. Raises OSError where that cannot be done."""
    os.setsid()
    os.chdir(request["directory"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, file in enumerate((nothing, pipes["stdout"][1], pipes["stderr"][1])):
        os.dup2(file, target)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # an interpreter ignores them, and exec(2)
        signal.signal(number, signal.SIG_DFL)  # would keep that so
    bound(request["limits"])
    os.write(tell, str(os.getpid()).encode())  # before it can harm who would tell
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
    """End as the program ended, so that the supervisor sees its very status."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if code < 0:
        with suppress(OSError, ValueError):  # SIGKILL has no handler to reset
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def bound(limits: Mapping[str, Any]) -> None:
    """What the kernel itself refuses the program, setrlimit(2), whoever looks on."""
    for number, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["files"]),
        (resource.RLIMIT_DATA, limits["memory"] * RESERVED + limits["threads"] * STACK),
    ):
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        with suppress(OSError, ValueError):  # what this system does not know
            resource.setrlimit(number, (most, most))
