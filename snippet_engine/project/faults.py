"""A fault in a file of the project, as one line with place, error and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """A fault at `line` of the file `path`.

    `path` is relative to the project's root, but absolute for a draft outside it.
    """

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
