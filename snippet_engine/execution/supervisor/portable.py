"""Supervision on other Unix systems, such as macOS, where processes are found by sampling.

The processes are listed by psutil. A process that detaches itself from the process tree
between two samples, and whose parent then ends, is not found again; only Linux has the means
for that.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import suppress

import psutil  # type: ignore[import-untyped]

from .exit_status import describe_exit
from .resource_monitor import MEMORY_LIMIT, PROCESS_LIMIT, ResourceMonitor
from .rlimits import apply_rlimits
from .run_clock import RunClock
from .start_gate import StartGate
from .supervise import supervise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Request, Result, Stream

# Most bytes of the trace that are searched for the first line.
TRACE_BYTES = 1 << 20
# Seconds after which to give up killing.
KILL_TIMEOUT_S = 10.0


def run_program(request: Request) -> Result:
    """Run the program of `request` until it ends or reaches a limit; return the result.

    Raises OSError if it cannot be started.
    """
    events = os.open(request["events_path"], os.O_RDONLY)  # the program may delete its name
    clock = RunClock(request, lambda: os.pread(events, TRACE_BYTES, 0))
    program = Program(request)
    clock.release()
    return supervise(request, program, PortableMonitor(request, program.pid), clock)


class Program:
    """A running program, which is not held before its first line."""

    gate: StartGate | None = None
    end_file: int | None = None
    poll_interval_s = 0.05

    def __init__(self, request: Request) -> None:
        """Start the program of `request`. Raises OSError if that fails."""
        self._process = subprocess.Popen(
            request["command"],
            cwd=request["directory"],
            env=request["environment"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: apply_rlimits(request["limits"]),
        )
        assert self._process.stdout
        assert self._process.stderr
        self.pid = self._process.pid
        self.pipes: dict[Stream, int] = {
            "stdout": self._process.stdout.fileno(),
            "stderr": self._process.stderr.fileno(),
        }

    def has_ended(self) -> bool:
        """Return True if the program has ended, and reap it."""
        return self._process.poll() is not None

    def is_runnable(self) -> bool:
        """Return False, since it would take too long to find out."""
        return False

    @property
    def exit_status(self) -> str:
        """Return the exit status in words: `exit 1` or `signal SIGSEGV`."""
        return describe_exit(self._process.wait(KILL_TIMEOUT_S))


class PortableMonitor(ResourceMonitor):
    """Sampler of the process tree of a program, as far as its processes were ever seen."""

    def __init__(self, request: Request, root_pid: int) -> None:
        super().__init__(request)
        self._root_pid = root_pid
        self._known: set[psutil.Process] = set()
        self._cpu_seconds: dict[psutil.Process, float] = {}
        self._peak_bytes = 0  # of the largest process
        with suppress(psutil.Error):
            self._known.add(psutil.Process(root_pid))
        self._began = min((process.create_time() for process in self._known), default=time.time())

    def kill_tree(self) -> None:
        """Kill all processes of the tree, including those that start meanwhile.

        Gives up after `KILL_TIMEOUT_S` seconds.
        """
        deadline = time.monotonic() + KILL_TIMEOUT_S
        while time.monotonic() < deadline:
            self._find_processes()
            living = list(filter(_is_alive, self._known))
            if not living:
                return
            for process in living:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(living, timeout=0.1)

    def measure_total(self) -> tuple[float, int]:
        """Return the CPU seconds of the whole tree, and the peak bytes of its largest process."""
        total = resource.getrusage(resource.RUSAGE_CHILDREN)
        unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB elsewhere
        return (
            max(total.ru_utime + total.ru_stime, sum(self._cpu_seconds.values())),
            max(total.ru_maxrss * unit, self._peak_bytes),
        )

    def _find_processes(self) -> None:
        """Add new processes: children of known ones, and members of the program's session."""
        pids = {process.pid for process in self._known if process.is_running()} | {self._root_pid}
        candidates = list(psutil.process_iter(["ppid", "create_time"]))
        has_grown = True
        while has_grown:
            has_grown = False
            for process in candidates:
                # An older, unrelated process may have the reused PID of a known one as parent.
                is_young = (process.info["create_time"] or 0) >= self._began - 0.1
                is_related = (
                    process.info["ppid"] in pids or _get_session(process.pid) == self._root_pid
                )
                if is_young and is_related and process.pid not in pids:
                    pids.add(process.pid)
                    self._known.add(process)
                    has_grown = True

    def _check_processes(self, since: float) -> str | None:
        self._find_processes()
        living = list(filter(_is_alive, self._known))
        thread_count = used = 0
        for process in living:
            with suppress(psutil.Error, OSError):
                memory = process.memory_info().rss
                used += memory
                self._peak_bytes = max(self._peak_bytes, memory)
                times = process.cpu_times()
                self._cpu_seconds[process] = times.user + times.system
                threads = process.threads()
                thread_count += len(threads)
                now = time.monotonic()
                for thread in threads:
                    used_ns = int((thread.user_time + thread.system_time) * 1e9)
                    self.cpu.record((process.pid, thread.id), now, used_ns, since)
        if len(living) > self._limits["processes"] or thread_count > self._limits["threads"]:
            return PROCESS_LIMIT
        limit = self._limits["memory_bytes"]
        return MEMORY_LIMIT if used > limit and _measure_unique(living) > limit else None


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _get_session(pid: int) -> int:
    """Return the session ID of process `pid`, or 0 if that is denied or it has ended."""
    with suppress(OSError):
        return os.getsid(pid)
    return 0


def _measure_unique(processes: list[psutil.Process]) -> int:
    """Return the bytes of memory unique to each of these processes, summed.

    Memory shared with another process does not count (psutil's `uss`).
    """
    used = 0
    for process in processes:
        with suppress(psutil.Error):
            used += process.memory_full_info().uss
    return used
