"""Accuracy of the published times: each program in a cold build and on its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from platform import python_version
from statistics import median

from timing import time_build

from snippet_engine.execution.runner import execute
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache

ROUNDS = 3
EXCLUSIVE_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class ProgramTimes:
    """Median seconds of one program in builds, and in two series of runs on its own."""

    name: str
    built: float
    alone: float
    again: float

    @property
    def is_accurate(self) -> bool:
        """Return True if builds and single runs differ by at most 5 % or 50 ms."""
        return self._is_near(self.built)

    @property
    def is_repeatable(self) -> bool:
        """Return True if both series of single runs agree; if not, the machine is unsteady."""
        return self._is_near(self.again)

    def _is_near(self, seconds: float) -> bool:
        return abs(seconds - self.alone) <= max(0.05 * self.alone, 0.05)


def measure(root: Path, scratch: Path) -> list[ProgramTimes]:
    """Return the times of all programs of the project in `root` that end by themselves.

    Cold builds and single runs alternate, because the speed of a shared machine varies.
    Exclusive programs, which compute, are measured in more rounds.
    """
    built: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    project = Project(root)
    snippets = [project.read(name) for name in project.names()]
    finite = [
        snippet
        for snippet in snippets
        if snippet.time_limit is None and snippet.can_run_on(python_version())
    ]
    for n in range(EXCLUSIVE_ROUNDS):
        memory = RunCache(scratch / f"runs-{n}")
        time_build(root, memory.folder)
        for snippet in finite:
            if run := memory.load(ProjectRuns(project).cache_key(snippet)):
                built.setdefault(snippet.name, []).append(run.seconds)
        for series in (alone, again):
            for snippet in finite:
                if snippet.exclusive or n < ROUNDS:
                    series.setdefault(snippet.name, []).append(execute(snippet).seconds)
    return [
        ProgramTimes(name, *(median(series[name]) for series in (built, alone, again)))
        for name in built
    ]
