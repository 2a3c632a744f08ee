"""Reading and atomic writing of a snippet's file."""

from __future__ import annotations

import os
import time
from pathlib import Path, PurePath
from typing import Any

from snippet_engine.atomic_write import write_atomically
from snippet_engine.errors import SnippetError


def read_source(path: Path, shown: PurePath) -> str:
    """Return the text of the snippet file `path`, which errors name as `shown`.

    Raise SnippetError with the line if it is not UTF-8.
    """
    try:
        return SnippetPath(path).read_text()
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SnippetError(shown, line, "not UTF-8; save the file as UTF-8") from None


class SnippetPath(type(Path())):  # type: ignore[misc] # the base is known at run time only
    """A path whose `write_text` is atomic, also when pytest-examples calls it.

    After an interrupted write, the file has its old content.
    """

    def read_text(self, *_: Any, **__: Any) -> str:
        """Return the file's content, decoded as UTF-8 on every platform."""
        text: str = super().read_text(encoding="utf-8")
        return text

    def write_text(self, data: str, *_: Any, **__: Any) -> int:
        """Replace the file atomically and return the number of characters.

        Temporary files that killed processes left in the folder are removed.
        """
        for path in self.parent.glob(".*.*.[0-9]*"):
            if _is_abandoned(path):
                path.unlink(missing_ok=True)
        write_atomically(self, data)
        return len(data)


def _is_abandoned(path: Path) -> bool:
    """Return True if the temporary file `path` was left by a killed process.

    A file older than 60 seconds counts as such, because a write takes far less.
    """
    try:
        if time.time() - path.stat().st_mtime > 60:
            return True
        if os.name == "posix":
            os.kill(int(path.suffix[1:]), 0)  # signal 0 only checks existence, kill(2)
    except (FileNotFoundError, PermissionError, ValueError):
        return False
    except ProcessLookupError:
        return True
    return False
