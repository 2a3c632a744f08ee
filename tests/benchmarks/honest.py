"""Published seconds of each program, in a cold build beside all others, against a run alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from snippet_engine.execution import NotForThisPython, execute
from snippet_engine.library import Library

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """The seconds of one program in builds, and by itself, twice: medians of ROUNDS each."""

    name: str
    built: float
    alone: float
    again: float

    @property
    def honest(self) -> bool:
        """Whether those in builds and those by itself lie within 5 % or 50 ms, the larger."""
        return self._near(self.built)

    @property
    def steady(self) -> bool:
        """Whether those by itself do: what is no more alike is the machine's doing."""
        return self._near(self.again)

    def _near(self, seconds: float) -> bool:
        return abs(seconds - self.alone) <= max(0.05 * self.alone, 0.05)


def pairs(root: Path) -> list[Pair]:
    """Every program of the project in `root` that ends by itself.

    All are run as a cold build runs them, and then each with nothing beside it, and then
    so again, in turn: a machine that others use too is now fast and now slow.
    """
    built: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        library = Library(root)
        library.begin()
        for name in library.names():
            if library.read(name).patience is None:
                with suppress(NotForThisPython):
                    built.setdefault(name, []).append(library.run_of(name).seconds)
        for times in (alone, again):
            for name in built:
                times.setdefault(name, []).append(execute(library.read(name)).seconds)
    return [Pair(name, *(median(times[name]) for times in (built, alone, again))) for name in built]
