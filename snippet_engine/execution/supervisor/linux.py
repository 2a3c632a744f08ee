"""On Linux: a supervisor that nothing of its program's family escapes.

It makes itself the reaper of orphans (PR_SET_CHILD_SUBREAPER, prctl(2)), so even a
child that detached itself comes back to it and is ended; in a sandbox it is the init
of the program's processes, whom no signal of theirs can end.
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

# Which part of the time looking may take, where there is much to look at.
ATTENTION = 0.2
# How often to look at what waits at its first line, seconds: there it can hardly use a thing.
REST = 1.0


class Watch:
    """Looks from outside at what a family uses, and says which limit it has reached."""

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
        """The limit that is reached, if any, looked at in one walk over the family."""
        began, busy = time.monotonic(), time.process_time()
        since = self.last or began - self.sample
        over = self._processes(since) or self.files(self.limits["files"] + 1)
        self.last = began
        cost = time.process_time() - busy
        self.due = time.monotonic() + max(self.pace, cost / ATTENTION)
        return over

    def rest(self) -> None:
        """The program waits at its first line."""
        self.pace = REST
        self.due = time.monotonic() + REST

    def resume(self) -> None:
        """It goes on; what it has used until now is looked at anew."""
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
        """Whether the program has written `enough` bytes, or too many files."""
        size, names = written(self.folders, self.limits["names"])
        more, others = filled(self.mounts)
        size += more + unlinked(self.pids, self.mounts)
        over = size >= enough or names + others > self.limits["names"]
        return "limit: files" if over else None


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command to its end, or to a limit."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_DUMPABLE, 0)  # proc(5): the program cannot reach into this process
    limits = request["limits"]
    capture = Capture(limits["lines"], limits["bytes"])
    events = os.open(request["events"], os.O_RDONLY)  # kept open: its name may be deleted
    clock = Clock(request)
    if not request["probed"]:  # nobody would hold it at its first line
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
                elif key.data == "end":  # when the process in between has seen it, too
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
    for stream, pipe in program.pipes.items():  # what was printed until the very end
        with suppress(BlockingIOError):
            while data := os.read(pipe, 65536):
                capture.feed(stream, data, ended)
    if not cut:  # at its end, or refused by the kernel a file so large
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
