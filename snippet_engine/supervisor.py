"""Stand between the site build and one snippet: run it, watch it, end its family.

A program of its own: `python supervisor.py` reads one request, a line of JSON,
from standard input, runs the command and writes one line of JSON: what was
seen. It imports nothing of the engine, so that it starts fast.

Why a process between: on Linux it makes itself the reaper of orphans
(PR_SET_CHILD_SUBREAPER, prctl(2)), so even a child that detached itself comes
back to it and is ended. Its standard input is a lifeline: when the build ends,
however it ends, the pipe closes, and the supervisor ends the family and itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
# How long to listen for output after the program itself has ended, seconds. A
# child that lives on may hold the pipe open for ever.
LINGER = 0.2
# How often to look whether the program has reached its first line, seconds.
GLANCE = 0.005
# How often to look whether the program has ended while its pipes are open, seconds.
PULSE = 0.05
# How often to look what share of a core each thread has, seconds.
SAMPLE = 0.1


class Capture:
    """What comes out of one pipe, cut into timed lines, within common limits."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.most_lines = request["most_lines"]
        self.bytes_left = request["most_bytes"]
        self.lines: list[tuple[float, str, str]] = []
        self.partial: dict[str, tuple[float, bytearray]] = {}
        self.full = False

    def feed(self, stream: str, data: bytes, now: float) -> None:
        """Take `data`, which came out of `stream` at `now`."""
        if self.full:
            return
        kept = data[: self.bytes_left]
        self.bytes_left -= len(kept)
        *whole, rest = kept.split(b"\n")
        for piece in whole:
            began, head = self.partial.pop(stream, (now, bytearray()))
            self._add(began, stream, bytes(head) + piece)
        if rest:
            self.partial.setdefault(stream, (now, bytearray()))[1].extend(rest)
        if len(kept) < len(data) or len(self.lines) > self.most_lines:
            self.full = True
            del self.lines[self.most_lines :]

    def finish(self) -> list[tuple[float, str, str]]:
        """All lines, in order of time; a last one without a newline too."""
        for stream, (began, rest) in self.partial.items():
            self._add(began, stream, bytes(rest))
        self.partial.clear()
        return sorted(self.lines[: self.most_lines], key=lambda line: line[0])

    def _add(self, at: float, stream: str, text: bytes) -> None:
        self.lines.append((at, stream, text.decode("utf-8", "backslashreplace")))


def children(pid: int) -> list[int]:
    """The children of a process, as /proc tells; none where it does not."""
    found = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(child) for child in file.read().split()]
    return found


def descendants() -> list[int]:
    """Every process below this one, zombies too, as /proc tells."""
    family: list[int] = []
    generation = [os.getpid()]
    while generation:
        generation = [pid for parent in generation for pid in children(parent)]
        family += generation
    return family


def end_family(child: subprocess.Popen[bytes]) -> None:
    """Kill the child, its process group and all that came back as an orphan."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.returncode is None:
        child.kill()
        child.wait()
    # Each round ends a generation: whoever forked meanwhile is found by the next.
    with suppress(ChildProcessError):
        while True:
            for pid in descendants():
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(0.001)


def first_line(events: str, pid: int) -> float | None:
    """The moment of the first line of process `pid`, once its probe has told it."""
    with suppress(OSError), open(events, "rb") as file:
        begun = re.search(rb"^\('begin', ([\d.]+), %d, " % pid, file.read(), re.MULTILINE)
        return float(begun[1]) if begun else None
    return None


class Shares:
    """How much of a core each thread of the family uses, looked at from outside.

    From /proc/PID/task/TID/schedstat, whose first number is the nanoseconds on a
    core (https://docs.kernel.org/scheduler/sched-stats.html): clock ticks, which
    other interfaces count in, are too coarse for a run of a second. Elsewhere
    than on Linux there are no shares.
    """

    def __init__(self) -> None:
        self.last: dict[tuple[int, int], tuple[float, int]] = {}
        self.seen: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def look(self) -> None:
        """Note what each thread has used since the last look."""
        for pid in descendants():
            with suppress(OSError):
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with suppress(OSError, ValueError):
                        with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                            used = int(file.read().split()[0])
                        self._note((pid, int(thread)), time.monotonic(), used)

    def _note(self, key: tuple[int, int], now: float, used: int) -> None:
        before, spent = self.last.get(key, (now - SAMPLE, 0))  # a new thread began since
        self.last[key] = (now, used)
        share = round(min(1.0, (used - spent) / 1e9 / (now - before)), 2)
        shares = self.seen.setdefault(key, [])
        if not shares or shares[-1][1] != share:
            shares.append((before, share))


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Run the request's command to its end, or to a limit."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    capture = Capture(request)
    events = request["events"]
    spawned = time.monotonic()
    start = None if request["probed"] else spawned
    child = subprocess.Popen(
        request["command"],
        cwd=request["directory"],
        env=request["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    pipes = {"stdout": child.stdout, "stderr": child.stderr}
    ended: float | None = None
    cut = None
    shares = Shares()
    look = spawned
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ, "lifeline")
        for stream, pipe in pipes.items():
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ, stream)
        listening = len(pipes)
        while listening or ended is None:
            now = time.monotonic()
            if start is None:
                start = first_line(events, child.pid)
            if now >= look:
                shares.look()
                look = now + SAMPLE
            if ended is None and child_ended(child):
                ended = now
            # An interpreter slow to start eats nothing of its program's time.
            limit = start + request["seconds"] if start else spawned + request["patience"]
            deadline = limit if ended is None else ended + LINGER
            if now >= deadline:
                cut = request["at_limit"] if ended is None else None
                break
            # The end of a process is an event of its own only on some systems,
            # so look: it costs microseconds.
            pause = GLANCE if start is None or not listening else PULSE
            for key, _ in selector.select(min(pause, deadline - now)):
                if key.data == "lifeline":
                    end_family(child)
                    os._exit(1)
                elif data := os.read(key.fd, 65536):
                    capture.feed(key.data, data, time.monotonic())
                else:
                    selector.unregister(key.fileobj)
                    listening -= 1
            if capture.full:
                cut = "limit: output"
                break
    ended = ended or time.monotonic()
    end_family(child)
    for stream, pipe in pipes.items():  # what was printed until the very end
        with suppress(BlockingIOError):
            while data := os.read(pipe.fileno(), 65536):
                capture.feed(stream, data, ended)
    return {
        "spawned": spawned,
        "ended": ended,
        "cut": cut is not None,
        "ending": cut or ending(child.returncode),
        "lines": capture.finish(),
        "pid": child.pid,
        "shares": [[*key, seen] for key, seen in shares.seen.items()],
        **usage(),
    }


def child_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the program has ended, its exit status left to be collected."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def usage() -> dict[str, float]:
    """CPU seconds of the whole family, peak memory of its largest process."""
    import resource

    total = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB here
    return {
        "cpu_seconds": total.ru_utime + total.ru_stime,
        "peak_memory": total.ru_maxrss * unit,
    }


def ending(status: int) -> str:
    """How a process ended, in words: `exit 1` or `signal SIGSEGV`."""
    if status >= 0:
        return f"exit {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:  # a real-time signal has no name
        return f"signal {-status}"


if __name__ == "__main__":
    # What the terminal sends to the build is not for the supervisor: the
    # lifeline tells it the same, and then the family is ended first.
    # A handler, not SIG_IGN: that would pass to the program.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    seen = watch(json.loads(sys.stdin.buffer.readline()))
    sys.stdout.write(json.dumps(seen) + "\n")
