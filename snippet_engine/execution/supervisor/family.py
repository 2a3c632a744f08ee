"""The process tree below this process: its listing, sampling and killing on Linux.

Facts come from proc(5). /proc/PID/task/TID/children needs a kernel built with
CONFIG_PROC_CHILDREN, as those of the distributions are.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36  # <linux/prctl.h>
# Seconds after which to give up killing: a process stuck in the kernel, as by a dead
# network file system, cannot be killed.
PERSISTENCE = 10.0


def prctl(option: int, value: int) -> None:
    """Call prctl(2); errors are ignored."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def family() -> Iterator[tuple[int, list[str]]]:
    """Yield the PID and thread IDs of every process below this one, parents first.

    Zombies are included.
    """
    generation = [os.getpid()]
    while generation:
        born: list[int] = []
        for pid in generation:
            threads: list[str] = []
            with suppress(OSError):
                threads = os.listdir(f"/proc/{pid}/task")
            if pid != os.getpid():
                yield pid, threads
            for thread in threads:
                with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as file:
                    born += map(int, file.read().split())
        generation = born


def computes(pid: int) -> bool:
    """Return True if the first thread of process `pid` runs or waits for a core."""
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b") ")[2].startswith(b"R")
    return False


def end_family() -> None:
    """Kill and reap all processes below this one.

    Includes those that start meanwhile. Gives up after `PERSISTENCE` seconds.
    """
    until = time.monotonic() + PERSISTENCE
    with suppress(OSError, AttributeError):  # sched(7): run before the tree, if permitted
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    while time.monotonic() < until:
        if os.getpid() == 1:  # PID 1 of a namespace: kill(2) reaches all others in one call
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        else:
            _kill(pid for pid, _ in family())
        with suppress(InterruptedError):
            try:
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            except ChildProcessError:
                return
        time.sleep(0.001)


def _kill(pids: Iterator[int]) -> None:
    """Kill processes and their groups, as a process cannot leave its group by forking.

    The process tree created its sessions itself, so its groups contain no unrelated
    process. This process's own group is spared.
    """
    killed = {os.getpgid(0)}
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
            if (group := os.getpgid(pid)) not in killed:
                killed.add(group)
                os.killpg(group, signal.SIGKILL)


def memory(pids: list[int], most: int) -> int:
    """Return the bytes of anonymous, shared and swapped memory of these processes.

    A page that several processes share, as after a fork, counts for each of them in
    /proc/PID/status. Only if that sum exceeds `most`, shared pages are divided among
    their users, by /proc/PID/smaps_rollup, which takes the kernel longer.
    """
    names = (b"RssAnon:", b"RssShmem:", b"VmSwap:")
    used = sum(_sum(f"/proc/{pid}/status", names) for pid in pids)
    if used <= most:
        return used
    names = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
    return sum(_sum(f"/proc/{pid}/smaps_rollup", names) for pid in pids) or used


def _sum(path: str, names: tuple[bytes, ...]) -> int:
    """Return the sum of the lines of `path` that begin with one of `names`, in bytes.

    The lines are in KiB. 0 if the file cannot be read.
    """
    with suppress(OSError), open(path, "rb") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(names))
    return 0


def _born(facts: str) -> float:
    """Return when a thread started, in `time.monotonic`, within half a clock tick.

    `facts` is its folder in /proc. Raises OSError if the thread has ended.
    """
    with open(f"{facts}/stat", "rb") as file:
        ticks = int(file.read().rpartition(b") ")[2].split()[19]) + 0.5
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - age


class Shares:
    """Shares of a core that each thread of a process tree uses, by sampling.

    `seen` has, by PID and thread ID, each change of the share and its time. On Linux the
    source is /proc/PID/task/TID/schedstat, whose first number is the nanoseconds on a core
    (https://docs.kernel.org/scheduler/sched-stats.html): the clock ticks of other
    interfaces are too coarse for a run of a second.
    """

    def __init__(self) -> None:
        self.last: dict[tuple[int, int], tuple[float, int]] = {}
        self.seen: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def look(self, pid: int, threads: list[str], since: float) -> None:
        """Sample the CPU use of each thread of a process since the time `since`."""
        for thread in threads:
            with suppress(OSError, ValueError, IndexError):
                facts, key = f"/proc/{pid}/task/{thread}", (pid, int(thread))
                began = since if key in self.last else max(since, _born(facts))
                with open(f"{facts}/schedstat", "rb") as file:
                    used = int(file.read().split()[0])
                self.note(key, time.monotonic(), used, began)

    def note(self, key: tuple[int, int], now: float, used: int, began: float) -> None:
        """Record that the thread `key` has used `used` nanoseconds of CPU time by `now`.

        `began` is the start of the interval for a thread that was not sampled before.
        """
        before, spent = self.last.get(key, (began, 0))
        self.last[key] = (now, used)
        share = round(min(1.0, (used - spent) / 1e9 / max(now - before, 1e-6)), 2)
        shares = self.seen.setdefault(key, [])
        if not shares or shares[-1][1] != share:
            shares.append((before, share))
