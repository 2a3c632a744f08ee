"""Start, end and deadline of a program, in seconds of `time.monotonic`."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from endings import first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Seconds to read output after the program has ended, because a surviving child may
# keep the pipe open.
LINGER = 0.2
# Seconds from its first line after which a program's imports count as over, so that others start.
BURST = 0.3
# Seconds between polls while the start or the end of the program is imminent.
GLANCE = 0.005


class Clock:
    """Start, end and deadline of one program, which is started when this is created."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._told = self._waits = self._runs = False
        self.spawned = time.monotonic()
        self.began: float | None = None
        self.ended: float | None = None

    def ready(self) -> None:
        """Report to the engine that the program waits before its first line."""
        if not self._told:
            self._waits = True
            _tell("ready")

    def go(self) -> None:
        """Mark the program as released to run.

        Events are read for its first line only from now on, since before its release the
        program itself cannot have reported one.
        """
        self._waits, self._runs = False, True
        self.spawned = time.monotonic()
        if not self._request["probed"]:
            self.began = self.spawned

    def look(
        self,
        events: Callable[[], bytes],
        pid: int,
        ended: Callable[[], bool],
        computes: Callable[[], bool],
    ) -> float:
        """Check whether the program `pid` has begun and ended; return the current time.

        `events` returns the trace's bytes, `ended` whether the program has ended, and
        `computes` whether it uses a core. The engine is informed once, when the program
        has finished its first imports or has ended, so that it can start another one.
        """
        now = time.monotonic()
        if self._runs and self.began is None:
            self.began = first_line(events(), pid, now)
        if self.ended is None and ended():
            self.ended = now
        if not self._told and (self.ended or self._has_started(now, computes)):
            self._told = True
            _tell("begun")
        return now

    def _has_started(self, now: float, computes: Callable[[], bool]) -> bool:
        return self.began is not None and (now > self.began + BURST or not computes())

    @property
    def deadline(self) -> float:
        """Return the time until which the program may run.

        Infinite while the program waits before its first line.
        """
        if self._waits:
            return math.inf
        if self.ended is not None:
            return self.ended + LINGER
        if self.began is not None:
            return self.began + float(self._request["seconds"])
        # The start of the interpreter does not count towards the program's time limit.
        return self.spawned + float(self._request["patience"])

    @property
    def at_deadline(self) -> str | None:
        """Return the exit status of a program cut off at its deadline, such as `stopped`.

        None if the program has already ended by then.
        """
        return str(self._request["at_limit"]) if self.ended is None else None

    def pause(self, now: float, due: float, ending: bool) -> float:
        """Return for how many seconds to wait for input before the next poll.

        `due` is when the next sample is taken. Polls are frequent only while the start or
        the end (`ending`) is imminent, since they take CPU time from measured programs.
        """
        soon = self.ended is None and (ending or not (self._told or self._waits))
        return max(0.0, min(GLANCE if soon else due - now, self.deadline - now))


def _tell(word: str) -> None:
    with suppress(OSError):  # the engine has ended
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
