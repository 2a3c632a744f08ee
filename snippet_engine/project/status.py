"""The state of a snippet, from cached runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from snippet_engine.checking.check import check_run
from snippet_engine.execution.interpreter import query_interpreter
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory
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
class Known:
    """The state of a snippet; `why` is a reason of one line, or empty."""

    state: State
    why: str = ""


class Remembered:
    """The last runs of the snippets of `library`, in the run cache `memory`.

    A run that agrees with its snippet is stored where the build of the site finds it; a run
    that differs has a separate key.
    """

    def __init__(self, library: Library, memory: Memory) -> None:
        self.library = library
        self.memory = memory

    def keep(self, snippet: Snippet, run: Run) -> None:
        """Cache `run` as the last run of `snippet`."""
        key = self.library.key(snippet)
        self.memory.put(key if check_run(snippet, run) is None else _other(key), run)

    def last(self, snippet: Snippet) -> Run | None:
        """Return the last run of this version of `snippet`, or None."""
        key = self.library.key(snippet)
        runs = [run for one in (key, _other(key)) if (run := self.memory.get(one))]
        return max(runs, key=lambda run: run.provenance.date, default=None)

    def known(self, snippet: Snippet) -> Known:
        """Return the state of `snippet`, without running it.

        Raise ExecutionError if the interpreter cannot be used.
        """
        python = query_interpreter(self.library.python)["python"]
        if not snippet.can_run_on(python):
            return Known("other-python", f"needs Python {snippet.requires_python}")
        if snippet.find_recording(get_feature_version(python)) is None:
            return Known(
                "never-recorded",
                f"nothing is recorded for it; run `make record NAME={snippet.name}`",
            )
        run = self.last(snippet)
        if run is None:
            return Known("stale")
        try:
            wrong = check_run(snippet, run, self._last_of)
        except LookupError:  # no cached run of a compared snippet
            wrong = check_run(snippet, run)
        return Known("differs", f"{wrong.reason}; {wrong.hint}") if wrong else Known("agrees")

    def _last_of(self, name: str) -> Run:
        run = self.last(self.library.read(name))
        if run is None:
            raise LookupError(name)
        return run


def _other(key: str) -> str:
    return f"{key}-differs"
