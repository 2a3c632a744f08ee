"""Supervision on Linux, where no process can escape from the process tree.

The supervisor makes itself the reaper of orphans (PR_SET_CHILD_SUBREAPER, prctl(2)), so even
a detached process becomes its child and is killed. In the sandbox it is PID 1 of the
namespace, which no signal of the program can end.
"""

from __future__ import annotations

import os
import resource

from .disk_usage import measure_unlinked
from .launch import Program
from .process_tree import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    iter_descendants,
    kill_descendants,
    measure_memory,
    prctl,
)
from .resource_monitor import MEMORY_LIMIT, PROCESS_LIMIT, ResourceMonitor
from .run_clock import RunClock
from .start_gate import StartGate
from .supervise import LIFELINE, supervise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Request, Result

# Most bytes of the trace that are searched for the first line.
TRACE_BYTES = 1 << 20


def run_program(request: Request) -> Result:
    """Run the program of `request` until it ends or reaches a limit; return the result.

    Raises OSError if it cannot be started.
    """
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_DUMPABLE, 0)  # proc(5): denies the program access to this process
    events = os.open(request["events_path"], os.O_RDONLY)  # the program may delete its name
    clock = RunClock(request, lambda: os.pread(events, TRACE_BYTES, 0))
    gate = None
    if request["is_probed"]:
        gate = StartGate()
    else:  # only the probe can wait before the first line
        clock.mark_waiting()
        if not os.read(LIFELINE, 64):
            os._exit(1)
        clock.release()
    program = Program(request, gate)
    return supervise(request, program, LinuxMonitor(request, program), clock)


class LinuxMonitor(ResourceMonitor):
    """Sampler of all processes below this one but the program's guard process."""

    def __init__(self, request: Request, program: Program) -> None:
        super().__init__(request)
        self._guard_pid = program.guard_pid
        self._pids: list[int] = []

    def kill_tree(self) -> None:
        """Kill and reap all processes below this one."""
        kill_descendants()

    def measure_total(self) -> tuple[float, int]:
        """Return the CPU seconds of the whole tree, and the peak bytes of its largest process."""
        total = resource.getrusage(resource.RUSAGE_CHILDREN)
        return total.ru_utime + total.ru_stime, total.ru_maxrss << 10  # getrusage(2): KiB

    def _check_processes(self, since: float) -> str | None:
        pids: list[int] = []
        thread_count = 0
        for pid, threads in iter_descendants():
            if pid == self._guard_pid:
                continue
            pids.append(pid)
            thread_count += len(threads)
            if len(pids) > self._limits["processes"] or thread_count > self._limits["threads"]:
                return PROCESS_LIMIT
            self.cpu.sample(pid, threads, since)
        self._pids = pids
        limit = self._limits["memory_bytes"]
        return MEMORY_LIMIT if measure_memory(pids, limit) > limit else None

    def _measure_unlinked(self) -> int:
        return measure_unlinked(self._pids, self._mounts)
