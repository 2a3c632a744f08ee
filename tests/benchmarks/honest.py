"""Published seconds of each program, in a cold build beside all others, against a run alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snippet_engine.execution import NotForThisPython, execute
from snippet_engine.library import Library
from snippet_engine.memory import Memory


@dataclass(frozen=True, slots=True)
class Pair:
    """The seconds of one program in a build, and by itself."""

    name: str
    built: float
    alone: float

    @property
    def honest(self) -> bool:
        """Whether the two lie within 5 % or 50 ms, the larger."""
        return abs(self.built - self.alone) <= max(0.05 * self.alone, 0.05)


def pairs(root: Path, memory: Path) -> Iterator[Pair]:
    """Every program that ends by itself, as remembered in `memory`, and run once more now."""
    store = Memory(memory)
    published = Library(root, memory=store, eager=False)
    for name in published.names():
        snippet = published.read(name)
        if snippet.patience is not None:
            continue
        try:
            in_build = published.run_of(name)
        except NotForThisPython:
            continue
        yield Pair(name, in_build.seconds, execute(snippet).seconds)
