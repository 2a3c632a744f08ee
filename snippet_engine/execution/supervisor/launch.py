"""Launch of a program as the child of a guard process, on Linux.

A program may kill its parent. That must not be the supervisor, so a guard process is forked
as the parent: it starts the program, waits for it, and exits with the same exit status. If
the guard is killed, the program becomes a child of the supervisor, which is the reaper of
orphans. If the supervisor is killed, the guard kills the process tree.
"""

from __future__ import annotations

import math
import os
import resource
import select
import signal
from contextlib import suppress

from .exit_status import describe_exit
from .process_tree import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    is_runnable,
    kill_descendants,
    prctl,
)
from .rlimits import apply_rlimits
from .run_clock import POLL_INTERVAL_S
from .start_gate import StartGate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from .protocol import Request, Stream

# Seconds between signals that resume the guard process until the program has started.
RESUME_INTERVAL_S = 0.05


class Program:
    """A running program, and its guard process.

    `pipes` are the file descriptors of its output, by stream. `end_file` becomes readable
    when it ends; it is None if it had ended before.
    """

    def __init__(self, request: Request, gate: StartGate | None) -> None:
        """Start the program of `request`, to be held by `gate` if there is one.

        Raises OSError if that fails.
        """
        pipes: dict[Stream, tuple[int, int]] = {"stdout": os.pipe(), "stderr": os.pipe()}
        start_reader, start_writer = os.pipe()  # the highest numbers; see `_run_guard`
        supervisor_pid = os.getpid()
        self.guard_pid = os.fork()
        if not self.guard_pid:
            outputs = (pipes["stdout"][1], pipes["stderr"][1])
            _run_guard(request, gate, outputs, start_writer, supervisor_pid)
        for file in (pipes["stdout"][1], pipes["stderr"][1], start_writer):
            os.close(file)
        if gate:
            gate.enter_supervisor()
        self.gate = gate
        self.pipes = {stream: reader for stream, (reader, _) in pipes.items()}
        self.pid = self._read_pid(start_reader)
        self.end_file: int | None = None
        self.poll_interval_s = POLL_INTERVAL_S
        with suppress(ProcessLookupError):  # it has ended
            self.end_file, self.poll_interval_s = os.pidfd_open(self.pid), math.inf
        self._unreaped = [self.guard_pid, self.pid]
        self._status = 0

    def _read_pid(self, start_reader: int) -> int:
        """Return the program's PID from the pipe `start_reader`. Raises OSError for an error.

        The program may run already and have stopped the guard process, which then keeps the
        pipe open; so the guard is resumed until the pipe closes.
        """
        message = b""
        with open(start_reader, "rb", buffering=0) as file:
            while True:
                if select.select([file], [], [], RESUME_INTERVAL_S)[0]:
                    if not (part := file.read(4096)):
                        break
                    message += part
                os.kill(self.guard_pid, signal.SIGCONT)
        pid, _, error = message.decode().partition(" ")
        if error or not pid:
            raise OSError(error or "its guard process ended before it had started the program")
        return int(pid)

    def has_ended(self) -> bool:
        """Return True if the program and its guard process have ended, and reap them.

        To be polled: each call resumes the guard, which the program may have stopped.
        """
        with suppress(ProcessLookupError):
            os.kill(self.guard_pid, signal.SIGCONT)
        while self._unreaped:
            try:
                pid, status = os.waitpid(self._unreaped[0], os.WNOHANG)
            except ChildProcessError:  # not our child: use the guard's exit status
                pid, status = self._unreaped[0], self._status
            if not pid:
                return False
            self._status = status
            self._unreaped.pop(0)
        return True

    def is_runnable(self) -> bool:
        """Return True if the program's first thread runs or waits for a core."""
        return is_runnable(self.pid)

    @property
    def exit_status(self) -> str:
        """Return the exit status in words: `exit 1` or `signal SIGSEGV`."""
        return describe_exit(os.waitstatus_to_exitcode(self._status))


def _run_guard(
    request: Request,
    gate: StartGate | None,
    outputs: tuple[int, int],
    start_writer: int,
    supervisor_pid: int,
) -> NoReturn:
    """Start the program, wait for it, and exit like it.

    `outputs` are its standard output and standard error. Its PID is written to
    `start_writer`, or an error after a space.
    """
    try:
        os.setsid()
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGTERM, lambda *_: _exit_without(supervisor_pid))
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        _exit_without(supervisor_pid)  # it may have been killed before prctl
        program_pid = os.fork()
        if not program_pid:
            _exec_program(request, gate, outputs, start_writer)
        os.closerange(0, start_writer + 1)  # so that the program's pipes close when it ends
        _exit_like(_wait_for(program_pid))
    except OSError as error:
        with suppress(OSError):
            os.write(start_writer, f" {error}".encode())
    finally:
        os._exit(127)


def _wait_for(program_pid: int) -> int:
    """Wait until the program ends, and return its exit code, as `subprocess` has it.

    Reaps all children but the program, which is left to the supervisor (WNOWAIT): if this
    process were killed after reaping it, the exit status would be lost.
    """
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        assert ended
        if ended.si_pid == program_pid:
            return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        os.waitpid(ended.si_pid, 0)


def _exec_program(
    request: Request, gate: StartGate | None, outputs: tuple[int, int], start_writer: int
) -> NoReturn:
    """Replace this process by the program. Raises OSError if that fails."""
    os.setsid()
    os.chdir(request["directory"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, file in enumerate((nothing, *outputs)):
        os.dup2(file, target)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these, and exec(2)
        signal.signal(number, signal.SIG_DFL)  # keeps ignored signals ignored
    apply_rlimits(request["limits"])
    os.write(start_writer, str(os.getpid()).encode())  # before the program can run
    environment = request["environment"] | (gate.enter_program() if gate else {})
    os.execve(request["command"][0], request["command"], environment)


def _exit_without(supervisor_pid: int) -> None:
    """Kill the process tree and exit if the supervisor is not the parent any more."""
    if os.getppid() != supervisor_pid:
        kill_descendants()
        os._exit(1)


def _exit_like(code: int) -> NoReturn:
    """Exit with `code` as `subprocess` has it, or die by the signal it means.

    The supervisor then sees the program's exit status as that of the guard process.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if code < 0:
        with suppress(OSError, ValueError):  # SIGKILL has no handler to reset
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
