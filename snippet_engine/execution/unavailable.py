"""Errors for snippets that cannot run on this system."""

from __future__ import annotations

from snippet_engine.errors import ExecutionError
from snippet_engine.snippet.model import Snippet


class UnavailableError(ExecutionError):
    """Error for a snippet with a requirement that this system lacks.

    Such a snippet is shown without output and does not fail a build.
    """

    def __init__(self, snippet: Snippet, requirement: str, reason: str) -> None:
        super().__init__(f"{snippet.path}: needs {requirement}; {reason}")
        self.snippet = snippet
        self.requirement = requirement


class UnsupportedPythonError(UnavailableError):
    """Error for an interpreter that the snippet's `requires-python` excludes."""

    def __init__(self, snippet: Snippet, python: str) -> None:
        super().__init__(snippet, f"Python {snippet.requires_python}", f"this is {python}")
