"""Errors that readers and contributors see: one line, with file and line where there is one."""

from __future__ import annotations

from pathlib import PurePath


class SnippetError(ValueError):
    """A file of `snippets/` that is not a snippet: one line, with file and line."""

    def __init__(self, path: PurePath, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


class ExecutionError(RuntimeError):
    """A snippet could not be run at all. One line, with the cure where there is one."""
