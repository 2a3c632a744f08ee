"""Ten, a hundred and a thousand programs: time, memory and the size of what is remembered."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builds import runs_in
from commands import built, in_turn, took
from projects import bare, many

# How many programs, and how often they are built.
ROUNDS = {10: 3, 100: 9, 1000: 3}
FEW = 10  # what they add is little beside that by which builds differ
CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """Builds of `number` programs: seconds; bytes at the peak and in the cache.

    `engine`: CPU seconds of a warm build that the engine takes for each of them.
    """

    number: int
    cold: float
    warm: float
    rendered: float
    cpu: float
    engine: float
    memory: int
    cache: int

    @property
    def added(self) -> str:
        """Milliseconds of a warm build that each program adds to a page that has its panel."""
        if self.number <= FEW:
            return "–"
        return f"{1000 * (self.warm - self.rendered) / self.number:.1f}"


def sizes(scratch: Path) -> Iterator[Size]:
    """A project of each number in ROUNDS."""
    for number, rounds in ROUNDS.items():
        root, memory = many(scratch / f"many-{number}", number), scratch / f"many-runs-{number}"
        cold = built(root, memory)
        plain = bare(root, scratch / f"bare-{number}", memory)
        warm, ratio = in_turn(rounds, partial(built, plain), partial(built, root, memory))
        cache = sum(path.stat().st_size for path in memory.iterdir())
        cpu = sum(run.cpu_seconds for run in runs_in(memory))
        yield Size(
            number,
            cold.seconds,
            warm.seconds,
            warm.seconds / ratio,
            cpu,
            _engine(root, memory) / number,
            max(cold.memory, warm.memory),
            cache,
        )


# What a warm build asks of the engine, without a generator around it.
_ASK = """
import sys, time
began = time.process_time()
from snippet_engine.pages import api
for name in api.library().names():
    api.show(name)
print(time.process_time() - began, file=sys.stderr)
"""


def _engine(root: Path, memory: Path) -> float:
    """CPU seconds that the engine takes for all panels of a warm build, its import and all."""
    return float(took([sys.executable, "-c", _ASK], root, SNIPPETS_MEMORY=str(memory)).told)


def full_cache(scratch: Path) -> float:
    """How much longer a warm build of 100 programs takes with CACHED runs remembered."""
    root, memory = scratch / "many-100", scratch / "many-runs-100"
    full = shutil.copytree(memory, scratch / "many-runs-full")
    known = sorted(full.glob("*.json"))
    for n in range(CACHED - len(known)):
        shutil.copy(known[n % len(known)], full / f"{n:064x}.json")
    return in_turn(5, lambda: built(root, memory), lambda: built(root, full))[1]
