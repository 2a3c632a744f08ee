"""The status of a snippet, from cached runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from snippet_engine.checking.check import check_run
from snippet_engine.execution.interpreter import query_interpreter
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.versions import get_feature_version

State = Literal["agrees", "differs", "stale", "never-recorded", "other-python", "broken"]

# The meaning of each state, for the help of `snippets list`.
STATES: dict[State, str] = {
    "agrees": "its last run agrees with its recording",
    "differs": "its last run does not",
    "stale": "not run since its program, Python, the lock or the engine changed",
    "never-recorded": "it has no recording for this Python",
    "other-python": "its requires-python leaves this Python out",
    "broken": "its file cannot be read as a snippet",
}


@dataclass(frozen=True, slots=True)
class SnippetStatus:
    """The state of a snippet; `reason` is one line, or empty."""

    state: State
    reason: str = ""


class StatusStore:
    """The last runs of the snippets of `runs.project`, in the run cache `cache`.

    A run that agrees with its snippet is stored where the build of the site finds it; a run
    that differs has a separate key.
    """

    def __init__(self, runs: ProjectRuns, cache: RunCache) -> None:
        self.runs = runs
        self.project = runs.project
        self.cache = cache

    def store(self, snippet: Snippet, run: Run) -> None:
        """Cache `run` as the last run of `snippet`."""
        key = self.runs.cache_key(snippet)
        self.cache.store(key if check_run(snippet, run) is None else _build_differs_key(key), run)

    def last_run(self, snippet: Snippet) -> Run | None:
        """Return the last run of this version of `snippet`, or None."""
        key = self.runs.cache_key(snippet)
        keys = (key, _build_differs_key(key))
        runs = [run for stored in keys if (run := self.cache.load(stored))]
        return max(runs, key=lambda run: run.provenance.date, default=None)

    def status(self, snippet: Snippet) -> SnippetStatus:
        """Return the status of `snippet`, without running it.

        Raise ExecutionError if the interpreter cannot be used.
        """
        python = query_interpreter(self.runs.python)["python"]
        if not snippet.can_run_on(python):
            return SnippetStatus("other-python", f"needs Python {snippet.requires_python}")
        if snippet.find_recording(get_feature_version(python)) is None:
            return SnippetStatus(
                "never-recorded",
                f"nothing is recorded for it; run `make record NAME={snippet.name}`",
            )
        run = self.last_run(snippet)
        if run is None:
            return SnippetStatus("stale")
        try:
            mismatch = check_run(snippet, run, self._last_run_of)
        except LookupError:  # no cached run of a compared snippet
            mismatch = check_run(snippet, run)
        if mismatch:
            return SnippetStatus("differs", f"{mismatch.reason}; {mismatch.hint}")
        return SnippetStatus("agrees")

    def _last_run_of(self, name: str) -> Run:
        run = self.last_run(self.project.read(name))
        if run is None:
            raise LookupError(name)
        return run


def _build_differs_key(key: str) -> str:
    return f"{key}-differs"
