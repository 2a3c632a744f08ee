"""Start, end and deadline of a program, in seconds of `time.monotonic`."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from .protocol import STARTED, WAITING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .protocol import Request

    class Program(Protocol):
        """A launched program, of which the clock has to know little."""

        pid: int

        def has_ended(self) -> bool:
            """Return True if the program has ended."""

        def is_runnable(self) -> bool:
            """Return True if a thread of the program uses or wants a core."""


# Seconds to read output after the program has ended, because a surviving child may
# keep the pipe open.
DRAIN_TIMEOUT_S = 0.2
# Seconds from its first line after which a program's imports count as over, so that others start.
STARTUP_GRACE_S = 0.3
# Seconds between polls while the start or the end of the program is imminent.
POLL_INTERVAL_S = 0.005


class RunClock:
    """Start, end and deadline of one program, which is launched when this is created.

    A program that is held waits from `mark_waiting` to `release`; one that is not is
    released when it is launched. `began_at` is the time of its first line.
    """

    def __init__(self, request: Request, read_events: Callable[[], bytes]) -> None:
        """Start the clock. `read_events` returns the trace's bytes so far."""
        self.spawned_at = time.monotonic()
        self.began_at: float | None = None
        self.ended_at: float | None = None
        self._request = request
        self._read_events = read_events
        self._is_waiting = self._is_released = self._has_reported_start = False

    def mark_waiting(self) -> None:
        """Report to the engine that the program waits before its first line."""
        if not self._has_reported_start:
            self._is_waiting = True
            _report(WAITING)

    def release(self) -> None:
        """Mark the program as released to run.

        Events are read for its first line only from now on, since before its release the
        program itself cannot have reported one.
        """
        self._is_waiting, self._is_released = False, True
        self.spawned_at = time.monotonic()
        if not self._request["is_probed"]:
            self.began_at = self.spawned_at

    def poll(self, program: Program) -> float:
        """Check whether the program has begun and ended; return the current time.

        The engine is informed once, when the program has finished its first imports or has
        ended, so that it can start another one.
        """
        now = time.monotonic()
        if self._is_released and self.began_at is None:
            self.began_at = find_begin_event(self._read_events(), program.pid, now)
        if self.ended_at is None and program.has_ended():
            self.ended_at = now
        if not self._has_reported_start and (self.ended_at or self._has_started(program, now)):
            self._has_reported_start = True
            _report(STARTED)
        return now

    def _has_started(self, program: Program, now: float) -> bool:
        return self.began_at is not None and (
            now > self.began_at + STARTUP_GRACE_S or not program.is_runnable()
        )

    @property
    def deadline(self) -> float:
        """Return the time until which the program may run.

        Infinite while the program waits before its first line.
        """
        if self._is_waiting:
            return math.inf
        if self.ended_at is not None:
            return self.ended_at + DRAIN_TIMEOUT_S
        if self.began_at is not None:
            return self.began_at + self._request["time_limit_s"]
        # The start of the interpreter does not count towards the program's time limit.
        return self.spawned_at + self._request["start_limit_s"]

    @property
    def status_at_deadline(self) -> str | None:
        """Return the exit status of a program cut off at its deadline, such as `stopped`.

        None if the program has already ended by then.
        """
        return self._request["status_at_time_limit"] if self.ended_at is None else None

    def choose_pause(self, now: float, due_at: float, is_ending: bool) -> float:
        """Return for how many seconds to wait for input before the next poll.

        `due_at` is when the next sample is taken. Polls are frequent only while the start or
        the end (`is_ending`) is imminent, since they take CPU time from measured programs.
        """
        is_starting = not (self._has_reported_start or self._is_waiting)
        is_imminent = self.ended_at is None and (is_ending or is_starting)
        pause = POLL_INTERVAL_S if is_imminent else due_at - now
        return max(0.0, min(pause, self.deadline - now))


def find_begin_event(trace: bytes, pid: int, now: float) -> float | None:
    """Return the time of the first line of process `pid`, or None if not reported.

    A future time, which only the program can have forged, is replaced by `now`.
    """
    for line in trace.split(b"\n"):
        kind, *fields = line.split(b", ", 3)
        if kind == b"('begin'" and len(fields) == 3 and fields[1] == b"%d" % pid:
            moment = fields[0]
            if moment.replace(b".", b"", 1).isdigit():  # excludes `nan`, which `min` would return
                return min(float(moment), now)
    return None


def _report(word: str) -> None:
    with suppress(OSError):  # the engine has ended
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
