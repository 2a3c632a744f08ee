"""Published seconds of each program, in a cold build beside all others, against a run alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from snippet_engine.execution import NotForThisPython, execute
from snippet_engine.library import Library

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """The seconds of one program in builds, and by itself: medians of ROUNDS each."""

    name: str
    built: float
    alone: float

    @property
    def honest(self) -> bool:
        """Whether the two lie within 5 % or 50 ms, the larger."""
        return abs(self.built - self.alone) <= max(0.05 * self.alone, 0.05)


def pairs(root: Path) -> list[Pair]:
    """Every program of the project in `root` that ends by itself.

    All are run as a cold build runs them, and then each with nothing beside it, in
    turn: a machine that others use too is now fast and now slow.
    """
    built: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        library = Library(root)
        library.begin()
        for name in library.names():
            snippet = library.read(name)
            if snippet.patience is not None:
                continue
            try:
                built.setdefault(name, []).append(library.run_of(name).seconds)
            except NotForThisPython:
                continue
            alone.setdefault(name, []).append(execute(snippet).seconds)
    return [Pair(name, median(built[name]), median(alone[name])) for name in alone]
