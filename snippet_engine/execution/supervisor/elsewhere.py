"""Supervisor for systems other than Linux; it finds processes by sampling.

Threads read the output, because Windows cannot wait for several pipes, and psutil lists
the processes. A process that detaches itself from the process tree between two samples,
and whose parent then ends, is not found again; only Linux has the means for that.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any

import psutil  # type: ignore[import-untyped]
from capture import Capture
from clock import LINGER, Clock
from endings import ending
from family import Shares
from files import written

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# Largest share of its time that the supervisor may spend sampling, as in `linux`.
ATTENTION = 0.2
# Seconds between polls for the program's end while its pipes are open.
PULSE = 0.05
# Seconds after which to give up killing.
PERSISTENCE = 10.0

_Heard = tuple[str, bytes, float]


class Family:
    """The process tree of a program, as far as its processes were ever sampled."""

    def __init__(self, request: Mapping[str, Any], program: subprocess.Popen[bytes]) -> None:
        self.limits = request["limits"]
        self.folders = request["folders"]
        self.sample = request["sample"]
        self.shares = Shares()
        self.root = program.pid
        self.due = self.last = 0.0
        self.peak = 0  # bytes, of the largest process
        self.seconds: dict[psutil.Process, float] = {}  # CPU seconds
        self.known: set[psutil.Process] = set()  # copied to iterate, as two threads use it
        with suppress(psutil.Error):
            self.known.add(psutil.Process(program.pid))
        self.began = min((one.create_time() for one in self.known), default=time.time())

    def look(self) -> str | None:
        """Sample the process tree, and return the limit it has reached, or None."""
        began, busy = time.monotonic(), time.process_time()
        over = self._processes(self.last or began - self.sample) or self.files()
        self.last = began
        self.due = time.monotonic() + max(self.sample, (time.process_time() - busy) / ATTENTION)
        return over

    def end(self) -> None:
        """Kill all processes of the tree, including those that start meanwhile.

        Gives up after `PERSISTENCE` seconds.
        """
        until = time.monotonic() + PERSISTENCE
        while time.monotonic() < until:
            self._find()
            living = [one for one in self.known.copy() if _lives(one)]
            if not living:
                return
            for one in living:
                with suppress(psutil.Error):
                    one.kill()
            psutil.wait_procs(living, timeout=0.1)

    def files(self) -> str | None:
        """Return `limit: files` if the program has written too much, or None."""
        size, names = written(self.folders, self.limits["names"])
        over = size > self.limits["files"] or names > self.limits["names"]
        return "limit: files" if over else None

    def _find(self) -> None:
        """Add new processes: children of known ones, and members of the program's session."""
        pids = {one.pid for one in self.known.copy() if one.is_running()} | {self.root}
        others = list(psutil.process_iter(["ppid", "create_time"]))
        grown = True
        while grown:
            grown = False
            for one in others:
                # An older, unrelated process may have the reused PID of a known one as parent.
                young = (one.info["create_time"] or 0) >= self.began - 0.1
                near = one.info["ppid"] in pids or _session(one.pid) == self.root
                if young and near and one.pid not in pids:
                    pids.add(one.pid)
                    self.known.add(one)
                    grown = True

    def _processes(self, since: float) -> str | None:
        self._find()
        living = [one for one in self.known.copy() if _lives(one)]
        lanes = used = 0
        for one in living:
            with suppress(psutil.Error, OSError):
                memory = one.memory_info()
                used += memory.rss
                self.peak = max(self.peak, memory.rss, getattr(memory, "peak_wset", 0))
                times = one.cpu_times()
                self.seconds[one] = times.user + times.system
                threads = one.threads()
                lanes += len(threads)
                now = time.monotonic()
                for thread in threads:
                    spent = int((thread.user_time + thread.system_time) * 1e9)
                    self.shares.note((one.pid, thread.id), now, spent, since)
        if len(living) > self.limits["processes"] or lanes > self.limits["threads"]:
            return "limit: processes"
        if used > self.limits["memory"] and _own(living) > self.limits["memory"]:
            return "limit: memory"
        return None


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command until it ends or reaches a limit; return the result."""
    limits = request["limits"]
    capture = Capture(limits["lines"], limits["bytes"])
    heard: queue.Queue[_Heard] = queue.Queue(maxsize=64)
    clock = Clock(request)
    program = _started(request)
    clock.go()
    family = Family(request, program)
    threading.Thread(target=_lifeline, args=(family.end,), daemon=True).start()
    for stream, pipe in (("stdout", program.stdout), ("stderr", program.stderr)):
        threading.Thread(target=_listen, args=(stream, pipe, heard), daemon=True).start()
    listening = 2
    cut = None
    while True:
        now = clock.look(
            lambda: _told(request["events"]),
            program.pid,
            lambda: program.poll() is not None,
            lambda: False,  # would take too long to find out
        )
        if clock.ended is not None and not listening:
            break
        if now >= family.due and (cut := family.look()):
            break
        if now >= clock.deadline:
            cut = clock.at_deadline
            break
        with suppress(queue.Empty):
            pause = clock.pause(now, now + PULSE, ending=not listening)
            stream, data, at = heard.get(timeout=pause)
            listening -= not data
            capture.feed(stream, data, at)
        if capture.full:
            cut = "limit: output"
            break
    ended = clock.ended or time.monotonic()
    family.end()
    program.wait(PERSISTENCE)
    with suppress(queue.Empty):  # output from just before the end
        while listening and (piece := heard.get(timeout=LINGER)):
            stream, data, _ = piece
            listening -= not data
            capture.feed(stream, data, ended)
    if not cut:
        cut = "limit: output" if capture.full else family.files()
    seconds, peak = _used()
    return {
        "spawned": clock.spawned,
        "ended": ended,
        "cut": cut is not None,
        "ending": cut or ending(program.returncode),
        "lines": capture.finish(),
        "pid": program.pid,
        "shares": [[*key, seen] for key, seen in family.shares.seen.items()],
        "cpu_seconds": max(seconds, sum(family.seconds.values())),
        "peak_memory": max(peak, family.peak),
    }


def _told(events: str) -> bytes:
    with open(events, "rb") as file:
        return file.read(1 << 20)


def _started(request: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    bound: Callable[[], None] | None = None
    if resource:
        from program import bound as bound_to

        def bound() -> None:
            bound_to(request["limits"])

    return subprocess.Popen(
        request["command"],
        cwd=request["directory"],
        env=request["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # On Windows the program gets no window and none of the engine's Ctrl-C.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        preexec_fn=bound,
    )


def _listen(stream: str, pipe: IO[bytes], heard: queue.Queue[_Heard]) -> None:
    """Put output from `pipe` and its time into `heard`, with empty bytes at the end."""
    data = b"-"
    while data:
        data = os.read(pipe.fileno(), 65536)
        heard.put((stream, data, time.monotonic()))


def _lifeline(end: Callable[[], None]) -> None:
    """Call `end` and exit when the engine has ended, which closes standard input."""
    with suppress(OSError):
        while os.read(0, 1):
            pass
    end()
    os._exit(1)


def _lives(one: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(one.is_running() and one.status() != psutil.STATUS_ZOMBIE)
    return False


def _session(pid: int) -> int:
    with suppress(OSError, AttributeError):
        return os.getsid(pid)
    return 0


def _own(processes: list[psutil.Process]) -> int:
    """Return the bytes of memory unique to each of these processes, summed.

    Memory shared with another process does not count (psutil's `uss`).
    """
    used = 0
    for one in processes:
        with suppress(psutil.Error):
            used += one.memory_full_info().uss
    return used


def _used() -> tuple[float, int]:
    """Return the CPU seconds of reaped children, and the peak bytes of the largest.

    Both are 0 on Windows.
    """
    if not resource:
        return 0.0, 0
    total = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB elsewhere
    return total.ru_utime + total.ru_stime, total.ru_maxrss * unit
