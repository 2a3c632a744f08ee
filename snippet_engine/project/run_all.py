"""The runs of all snippets, or of one shard of them per machine.

A CI matrix, for example, gives each machine its shard. Each machine writes its runs into a
folder; a build that uses the files of all folders as its run cache runs nothing again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from snippet_engine.checking.check import check_run
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.run import Run


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard `number` of `count` shards of the snippets, counted from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard for a text such as "2/8".

        Raise ValueError if the text is invalid.
        """
        match = re.fullmatch(r"(\d+)/(\d+)", text)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"invalid shard {text!r}: expected I/N, e.g. 2/8")
        return cls(int(match[1]), int(match[2]))

    def names(self, project: Project) -> list[str]:
        """Return the names of the snippets in this shard.

        Each snippet is in one shard. The snippets are dealt out in turn, those marked
        `alone` first and then by expected duration, so all shards take about the same time.
        """
        ranked = sorted(project.names(), key=lambda name: _rank(project, name))
        return sorted(ranked[self.number - 1 :: self.count])


@dataclass(frozen=True, slots=True)
class RunResult:
    """The run of the snippet `name`, and the message in `error`, "" if there is none.

    With neither, the snippet cannot run on this system.
    """

    name: str
    run: Run | None
    error: str = ""


def run_snippets(runs: ProjectRuns, names: Iterable[str]) -> Iterator[RunResult]:
    """Run the snippets `names` concurrently; yield their results in the given order.

    Claims that compare a snippet with another are not checked, because the other may be in
    another shard; the build checks them.
    """
    names = list(names)
    runs.start(names)
    for name in names:
        try:
            snippet, run = runs.run(name)
        except UnavailableError:
            yield RunResult(name, None)
        except (SnippetError, ExecutionError) as error:
            yield RunResult(name, None, str(error))
        else:
            mismatch = check_run(snippet, run)
            yield RunResult(name, run, f"{snippet.path}: {mismatch}" if mismatch else "")
    if runs.cache:
        runs.cache.evict()


def _rank(project: Project, name: str) -> tuple[bool, float, str]:
    try:
        snippet = project.read(name)
    except SnippetError:  # `run_snippets` reports it
        return (True, 0.0, name)
    return (not snippet.exclusive, -snippet.expected_seconds, name)
