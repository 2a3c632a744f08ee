"""When a program began and ended, and how long it is waited for. Times in seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from endings import first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How long to listen for output after the program itself has ended. A child that
# lives on may hold the pipe open for ever.
LINGER = 0.2
# How long a program may import, at its first lines, before others may start beside it.
BURST = 0.3
# How often to look whether the program has got so far…
GLANCE = 0.005
# …and whether it has ended, while its pipes are open.
PULSE = 0.05


class Clock:
    """The moments of one program, which starts now."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._told = False
        self.spawned = time.monotonic()
        self.began = None if request["probed"] else self.spawned
        self.ended: float | None = None

    def look(
        self,
        events: Callable[[], bytes],
        pid: int,
        ended: Callable[[], bool],
        computes: Callable[[], bool],
    ) -> float:
        """See how far the program `pid` is, by its `events` and whether it has `ended`; now.

        Whoever waits to start another is told when this one no longer `computes`.
        """
        now = time.monotonic()
        if self.began is None:
            self.began = first_line(events(), pid, now)
        if self.ended is None and ended():
            self.ended = now
        if not self._told and (self.ended or self._has_started(now, computes)):
            self._told = True
            with suppress(OSError):  # nobody waits for it any more
                sys.stdout.write("begun\n")
                sys.stdout.flush()
        return now

    def _has_started(self, now: float, computes: Callable[[], bool]) -> bool:
        return self.began is not None and (now > self.began + BURST or not computes())

    @property
    def deadline(self) -> float:
        """Until when it is waited for."""
        if self.ended is not None:
            return self.ended + LINGER
        if self.began is not None:
            return self.began + float(self._request["seconds"])
        # An interpreter slow to start eats nothing of its program's time.
        return self.spawned + float(self._request["patience"])

    @property
    def at_deadline(self) -> str | None:
        """The ending of a program that is still there at its deadline."""
        return str(self._request["at_limit"]) if self.ended is None else None

    def pause(self, now: float, listening: int) -> float:
        """How long to wait for output, with so many pipes open, before the next look."""
        # The end of a process is an event of its own only on some systems,
        # so look: it costs microseconds.
        most = PULSE if self._told and listening else GLANCE
        return min(most, self.deadline - now)
