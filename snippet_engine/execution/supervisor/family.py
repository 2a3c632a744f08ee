"""All processes below this one: found, counted, measured, ended.

Facts are those of proc(5), and of /proc/PID/task/TID/children in particular,
which is there where the kernel was built with CONFIG_PROC_CHILDREN, as those of
the distributions are.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36  # <linux/prctl.h>
# How long to go on killing, seconds. What the kernel itself is busy with (a dead
# network file system) cannot be killed, and nobody shall wait for it.
PERSISTENCE = 10.0


def prctl(option: int, value: int) -> None:
    """prctl(2)."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def family() -> Iterator[tuple[int, list[str]]]:
    """Every process below this one with its threads: zombies too, parents first."""
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
    """Whether the first thread of the process `pid` runs, or would, were a core free."""
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b") ")[2].startswith(b"R")
    return False


def end_family() -> None:
    """Kill every process below this one, those too that start meanwhile, and reap them."""
    until = time.monotonic() + PERSISTENCE
    with suppress(OSError, AttributeError):  # sched(7): before all of theirs, where that is allowed
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    while time.monotonic() < until:
        if os.getpid() == 1:  # the init of a pid namespace: kill(2) ends all others in one step
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
    """Kill processes by their groups, for nobody can fork himself out of that.

    Each has a session of its own family's making, so no group has a stranger in it.
    """
    killed = {os.getpgid(0)}
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
            if (group := os.getpgid(pid)) not in killed:
                killed.add(group)
                os.killpg(group, signal.SIGKILL)


def memory(pids: list[int], most: int) -> int:
    """Bytes of memory that only these processes have: anonymous, shared, swapped.

    A page that several share, as after a fork, counts for each in
    /proc/PID/status. Where that comes to more than `most`, it is counted once, as
    in /proc/PID/smaps_rollup, which takes the kernel longer.
    """
    names = (b"RssAnon:", b"RssShmem:", b"VmSwap:")
    used = sum(_sum(f"/proc/{pid}/status", names) for pid in pids)
    if used <= most:
        return used
    names = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
    return sum(_sum(f"/proc/{pid}/smaps_rollup", names) for pid in pids) or used


def _sum(path: str, names: tuple[bytes, ...]) -> int:
    """The sum of the lines that begin with one of `names`, which are in KiB."""
    with suppress(OSError), open(path, "rb") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(names))
    return 0


def _born(facts: str) -> float:
    """When a thread began, give or take half a tick of the clock, by its `facts` in /proc."""
    with open(f"{facts}/stat", "rb") as file:
        ticks = int(file.read().rpartition(b") ")[2].split()[19]) + 0.5
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - age


class Shares:
    """How much of a core each thread of the family uses, looked at from outside.

    From /proc/PID/task/TID/schedstat, whose first number is the nanoseconds on a
    core (https://docs.kernel.org/scheduler/sched-stats.html): clock ticks, which
    other interfaces count in, are too coarse for a run of a second.
    """

    def __init__(self) -> None:
        self.last: dict[tuple[int, int], tuple[float, int]] = {}
        self.seen: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def look(self, pid: int, threads: list[str], since: float) -> None:
        """Note what each thread of a process has used since the last look, at `since`."""
        for thread in threads:
            with suppress(OSError, ValueError, IndexError):
                facts, key = f"/proc/{pid}/task/{thread}", (pid, int(thread))
                began = since if key in self.last else max(since, _born(facts))
                with open(f"{facts}/schedstat", "rb") as file:
                    used = int(file.read().split()[0])
                self.note(key, time.monotonic(), used, began)

    def note(self, key: tuple[int, int], now: float, used: int, began: float) -> None:
        """Note that a thread, which if it is new `began` then, has used so much by `now`, ns."""
        before, spent = self.last.get(key, (began, 0))
        self.last[key] = (now, used)
        share = round(min(1.0, (used - spent) / 1e9 / max(now - before, 1e-6)), 2)
        shares = self.seen.setdefault(key, [])
        if not shares or shares[-1][1] != share:
            shares.append((before, share))
