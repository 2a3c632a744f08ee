"""A fault: one line that says what is wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """What is wrong at `line` of the file `path`, which is relative to the project's root."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
