"""Supervisor for Linux, where no process can escape from the process tree.

It makes itself the reaper of orphans (PR_SET_CHILD_SUBREAPER, prctl(2)), so even a detached
process becomes its child and is killed. In the sandbox it is PID 1 of the namespace, which
no signal of the program can end.
"""

from __future__ import annotations

import os
import resource
import selectors
import time
from contextlib import suppress

from capture import Capture
from clock import Clock
from family import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    Shares,
    computes,
    end_family,
    family,
    memory,
    prctl,
)
from files import filled, unlinked, written
from program import Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Largest share of its time that the supervisor may spend sampling.
ATTENTION = 0.2
# Seconds between samples while the program waits before its first line and uses hardly anything.
REST = 1.0


class Watch:
    """Sampler of what a process tree uses, which finds the limit it has reached."""

    def __init__(self, request: dict[str, Any], program: Program) -> None:
        self.limits = request["limits"]
        self.folders = request["folders"]
        self.mounts = request["mounts"]
        self.sample = self.pace = request["sample"]
        self.program = program
        self.pids: list[int] = []
        self.shares = Shares()
        self.due = self.last = 0.0

    def look(self) -> str | None:
        """Sample the process tree in one walk, and return the limit it has reached.

        None if it has reached no limit.
        """
        began, busy = time.monotonic(), time.process_time()
        since = self.last or began - self.sample
        over = self._processes(since) or self.files(self.limits["files"] + 1)
        self.last = began
        cost = time.process_time() - busy
        self.due = time.monotonic() + max(self.pace, cost / ATTENTION)
        return over

    def rest(self) -> None:
        """Sample rarely, while the program waits before its first line."""
        self.pace = REST
        self.due = time.monotonic() + REST

    def resume(self) -> None:
        """Sample immediately and then at the usual pace, as the program now runs."""
        self.pace = self.sample
        self.due = 0.0

    def _processes(self, since: float) -> str | None:
        pids: list[int] = []
        lanes = 0
        for pid, threads in family():
            if pid in self.program.pids:
                continue
            pids.append(pid)
            lanes += len(threads)
            if len(pids) > self.limits["processes"] or lanes > self.limits["threads"]:
                return "limit: processes"
            self.shares.look(pid, threads, since)
        self.pids = pids
        if memory(pids, self.limits["memory"]) > self.limits["memory"]:
            return "limit: memory"
        return None

    def files(self, enough: int) -> str | None:
        """Return `limit: files` for `enough` bytes or too many names written, or None."""
        size, names = written(self.folders, self.limits["names"])
        more, others = filled(self.mounts)
        size += more + unlinked(self.pids, self.mounts)
        over = size >= enough or names + others > self.limits["names"]
        return "limit: files" if over else None


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command until it ends or reaches a limit; return the result."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_DUMPABLE, 0)  # proc(5): denies the program access to this process
    limits = request["limits"]
    capture = Capture(limits["lines"], limits["bytes"])
    events = os.open(request["events"], os.O_RDONLY)  # the program may delete its name
    clock = Clock(request)
    if not request["probed"]:  # only the probe can wait before the first line
        clock.ready()
        if not os.read(0, 64):
            os._exit(1)
        clock.go()
    program = Program(request)
    watch = Watch(request, program)
    cut = None
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ, "lifeline")
        if request["probed"]:
            selector.register(program.ready, selectors.EVENT_READ, "ready")
        ending = False
        try:
            selector.register(os.pidfd_open(program.pid), selectors.EVENT_READ, "end")
        except ProcessLookupError:
            ending = True
        for stream, pipe in program.pipes.items():
            os.set_blocking(pipe, False)
            selector.register(pipe, selectors.EVENT_READ, stream)
        listening = len(program.pipes)
        while True:
            now = clock.look(
                lambda: os.pread(events, 1 << 20, 0),
                program.pid,
                program.ended,
                lambda: computes(program.pid),
            )
            if clock.ended is not None and not listening:
                break
            if now >= watch.due and (cut := watch.look()):
                break
            if now >= clock.deadline:
                cut = clock.at_deadline
                break
            for key, _ in selector.select(clock.pause(now, watch.due, ending)):
                if key.data == "lifeline":
                    if not os.read(0, 64):
                        end_family()
                        os._exit(1)
                    clock.go()
                    watch.resume()
                    program.go()
                elif key.data == "ready":
                    selector.unregister(program.ready)
                    clock.ready()
                    watch.rest()
                elif key.data == "end":  # complete once its guard process has exited, too
                    selector.unregister(key.fd)
                    ending = True
                elif data := os.read(key.fd, 65536):
                    capture.feed(key.data, data, time.monotonic())
                else:
                    selector.unregister(key.fileobj)
                    listening -= 1
            if capture.full:
                cut = "limit: output"
                break
    ended = clock.ended or time.monotonic()
    end_family()
    for stream, pipe in program.pipes.items():  # output from just before the end
        with suppress(BlockingIOError):
            while data := os.read(pipe, 65536):
                capture.feed(stream, data, ended)
    if not cut:  # reached at the very end, or enforced by the kernel
        cut = "limit: output" if capture.full else watch.files(limits["files"])
    total = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "spawned": clock.spawned,
        "ended": ended,
        "cut": cut is not None,
        "ending": cut or program.ending,
        "lines": capture.finish(),
        "pid": program.pid,
        "shares": [[*key, seen] for key, seen in watch.shares.seen.items()],
        "cpu_seconds": total.ru_utime + total.ru_stime,
        "peak_memory": total.ru_maxrss << 10,  # getrusage(2): KiB
    }
