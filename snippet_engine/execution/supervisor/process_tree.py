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
# Seconds after which to give up killing: a process stuck in the kernel, for example by a
# dead network file system, cannot be killed.
KILL_TIMEOUT_S = 10.0


def prctl(option: int, value: int) -> None:
    """Set an option of this process with `prctl(2)`; errors are ignored."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def iter_descendants() -> Iterator[tuple[int, list[str]]]:
    """Yield the PID and thread IDs of every process below this one, parents first.

    Zombies are included.
    """
    generation = [os.getpid()]
    while generation:
        children: list[int] = []
        for pid in generation:
            threads: list[str] = []
            with suppress(OSError):
                threads = os.listdir(f"/proc/{pid}/task")
            if pid != os.getpid():
                yield pid, threads
            for thread in threads:
                with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as file:
                    children += map(int, file.read().split())
        generation = children


def is_runnable(pid: int) -> bool:
    """Return True if the first thread of process `pid` runs or waits for a core."""
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b") ")[2].startswith(b"R")
    return False


def kill_descendants() -> None:
    """Kill and reap all processes below this one.

    Includes those that start meanwhile. Gives up after `KILL_TIMEOUT_S` seconds.
    """
    deadline = time.monotonic() + KILL_TIMEOUT_S
    with suppress(OSError, AttributeError):  # sched(7): run before the tree, if permitted
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    while time.monotonic() < deadline:
        if os.getpid() == 1:  # PID 1 of a namespace: kill(2) reaches all others in one call
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        else:
            _kill_with_groups(pid for pid, _ in iter_descendants())
        with suppress(InterruptedError):
            try:
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            except ChildProcessError:
                return
        time.sleep(0.001)


def _kill_with_groups(pids: Iterator[int]) -> None:
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


def measure_memory(pids: list[int], limit: int) -> int:
    """Return the bytes of anonymous, shared and swapped memory of these processes.

    A page that several processes share, as after a fork, counts for each of them in
    /proc/PID/status. Only if that sum exceeds `limit`, shared pages are divided among
    their users, by /proc/PID/smaps_rollup, which takes the kernel longer.
    """
    names = (b"RssAnon:", b"RssShmem:", b"VmSwap:")
    used = sum(_sum_lines(f"/proc/{pid}/status", names) for pid in pids)
    if used <= limit:
        return used
    names = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
    return sum(_sum_lines(f"/proc/{pid}/smaps_rollup", names) for pid in pids) or used


def _sum_lines(path: str, names: tuple[bytes, ...]) -> int:
    """Return the sum of the lines of `path` that begin with one of `names`, in bytes.

    The lines are in KiB. 0 if the file cannot be read.
    """
    with suppress(OSError), open(path, "rb") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(names))
    return 0
