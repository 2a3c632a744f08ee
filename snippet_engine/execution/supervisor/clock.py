"""When a program began and ended, and how long it is waited for. Times in seconds."""

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

# How long to listen for output after the program itself has ended. A child that
# lives on may hold the pipe open for ever.
LINGER = 0.2
# How long a program may import, at its first lines, before others may start beside it.
BURST = 0.3
# How often to look whether the program has got so far, or what is about to end has ended.
GLANCE = 0.005


class Clock:
    """The moments of one program, which starts now."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._told = self._waits = self._runs = False
        self.spawned = time.monotonic()
        self.began: float | None = None
        self.ended: float | None = None

    def ready(self) -> None:
        """It waits at its first line: whoever asked for it is told."""
        if not self._told:
            self._waits = True
            _tell("ready")

    def go(self) -> None:
        """From now on it runs. What was told until then, it is not the program that told it."""
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
        """See how far the program `pid` is, by its `events` and whether it has `ended`; now.

        Whoever waits to start another is told when this one no longer `computes`.
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
        """Until when it is waited for; of what waits for its turn nobody knows."""
        if self._waits:
            return math.inf
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

    def pause(self, now: float, due: float, ending: bool) -> float:
        """How long to wait for an event before the next look; `due` is what is looked at anyway.

        What is about to be seen, and is no event, is looked for often. Else that would take
        too much of the cores from those that are measured.
        """
        soon = self.ended is None and (ending or not (self._told or self._waits))
        return max(0.0, min(GLANCE if soon else due - now, self.deadline - now))


def _tell(word: str) -> None:
    with suppress(OSError):  # nobody waits for it any more
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
