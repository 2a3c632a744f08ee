"""Published seconds of each program, in a cold build beside all others, against a run alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from platform import python_version
from statistics import median

from commands import built as cold

from snippet_engine.execution.runner import execute
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory

ROUNDS = 3
OFTENER = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """The seconds of one program in builds, and by itself, twice: medians."""

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


def pairs(root: Path, scratch: Path) -> list[Pair]:
    """Every program of the project in `root` that ends by itself.

    The site is built cold, and then each program is run with nothing beside it, and then
    so again, in turn: a machine that others use too is now fast and now slow. That shows
    most in what computes, so this is done oftener.
    """
    built: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    library = Library(root)
    snippets = [library.read(name) for name in library.names()]
    ending = [
        one for one in snippets if one.time_limit is None and one.can_run_on(python_version())
    ]
    for n in range(OFTENER):
        memory = Memory(scratch / f"runs-{n}")
        cold(root, memory.folder)
        for snippet in ending:
            if run := memory.get(library.key(snippet)):
                built.setdefault(snippet.name, []).append(run.seconds)
        for times in (alone, again):
            for snippet in ending:
                if snippet.exclusive or n < ROUNDS:
                    times.setdefault(snippet.name, []).append(execute(snippet).seconds)
    return [Pair(name, *(median(times[name]) for times in (built, alone, again))) for name in built]
