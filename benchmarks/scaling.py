"""Builds with 10, 100 and 1,000 programs: time, memory and cache size."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from project_copies import make_many, make_rendered
from site_builds import read_runs
from timing import compare_in_turn, time_build, time_command

# The number of builds for each number of programs.
ROUNDS = {10: 3, 100: 9, 1000: 3}
FEW = 10  # for which the added time is smaller than the variation of builds
CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """Results for `number` programs: seconds, and bytes of peak memory and of the cache.

    `engine` is the engine's CPU time per program in a warm build.
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
        """The milliseconds per program that a warm build takes longer than a rendered site."""
        if self.number <= FEW:
            return "–"
        return f"{1000 * (self.warm - self.rendered) / self.number:.1f}"


def measure(scratch: Path) -> Iterator[Size]:
    """Yield the results for each number of programs in ROUNDS."""
    for number, rounds in ROUNDS.items():
        root, memory = (
            make_many(scratch / f"many-{number}", number),
            scratch / f"many-runs-{number}",
        )
        cold = time_build(root, memory)
        plain = make_rendered(root, scratch / f"bare-{number}", memory)
        warm, ratio = compare_in_turn(
            rounds, partial(time_build, plain), partial(time_build, root, memory)
        )
        cache = sum(path.stat().st_size for path in memory.iterdir())
        cpu = sum(run.cpu_seconds for run in read_runs(memory))
        yield Size(
            number,
            cold.seconds,
            warm.seconds,
            warm.seconds / ratio,
            cpu,
            _measure_engine(root, memory) / number,
            max(cold.memory, warm.memory),
            cache,
        )


# The calls of a warm build to the engine, without a site generator.
_RENDER_ALL = """
import sys, time
start = time.process_time()
from snippet_engine.pages import api
for name in api.project_runs().project.names():
    api.show(name)
print(time.process_time() - start, file=sys.stderr)
"""


def _measure_engine(root: Path, memory: Path) -> float:
    """Return the engine's CPU seconds for all panels of a warm build, with its import."""
    return float(
        time_command([sys.executable, "-c", _RENDER_ALL], root, SNIPPETS_MEMORY=str(memory)).log
    )


def measure_full_cache(scratch: Path) -> float:
    """Return the ratio of a warm build of 100 programs with CACHED runs to one without."""
    root, memory = scratch / "many-100", scratch / "many-runs-100"
    full = shutil.copytree(memory, scratch / "many-runs-full")
    known = sorted(full.glob("*.json"))
    for n in range(CACHED - len(known)):
        shutil.copy(known[n % len(known)], full / f"{n:064x}.json")
    return compare_in_turn(5, lambda: time_build(root, memory), lambda: time_build(root, full))[1]
