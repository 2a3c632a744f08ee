"""Exceptions whose one-line messages are shown to readers and contributors."""

from __future__ import annotations

from pathlib import PurePath


class SnippetError(ValueError):
    """A file of `snippets/` is not a valid snippet; the message names file and line."""

    def __init__(self, path: PurePath, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


class ExecutionError(RuntimeError):
    """A snippet could not be run; the message says what to do, if that is known."""
