"""Ten, a hundred and a thousand programs: time, memory and the size of what is remembered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builds import runs_in
from commands import built, median
from projects import bare, many

NUMBERS = (10, 100, 1000)
CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """Builds of `number` programs: seconds; bytes at the peak and in the cache."""

    number: int
    cold: float
    warm: float
    rendered: float
    cpu: float
    memory: int
    cache: int

    @property
    def overhead(self) -> float:
        """Seconds of a warm build that each program adds to a page that has its panel."""
        return (self.warm - self.rendered) / self.number


def sizes(scratch: Path) -> Iterator[Size]:
    """A project of each of NUMBERS."""
    for number in NUMBERS:
        root, memory = many(scratch / f"many-{number}", number), scratch / f"many-runs-{number}"
        cold = built(root, memory)
        warm = median(3, lambda root=root, memory=memory: built(root, memory))  # type: ignore[misc]
        plain = bare(root, scratch / f"bare-{number}", memory)
        rendered = median(3, lambda plain=plain: built(plain))  # type: ignore[misc]
        cache = sum(path.stat().st_size for path in memory.iterdir())
        cpu = sum(run.cpu_seconds for run in runs_in(memory))
        yield Size(
            number,
            cold.seconds,
            warm.seconds,
            rendered.seconds,
            cpu,
            max(cold.memory, warm.memory),
            cache,
        )


def full_cache(scratch: Path) -> tuple[float, float]:
    """Seconds of a warm build of 100 programs, and with CACHED runs remembered; after `sizes`."""
    root, memory = scratch / "many-100", scratch / "many-runs-100"
    few = median(3, lambda: built(root, memory))
    known = sorted(memory.glob("*.json"))
    for n in range(CACHED - len(known)):
        shutil.copy(known[n % len(known)], memory / f"{n:064x}.json")
    return few.seconds, median(3, lambda: built(root, memory)).seconds
