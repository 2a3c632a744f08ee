"""Reading and writing a snippet's file."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from snippet_engine.atomic_write import write_whole


class SnippetPath(type(Path())):  # type: ignore[misc] # the base is known at run time only
    """A path whose `write_text` writes beside the file and renames.

    Whoever writes a snippet (pytest-examples too) leaves the old file or the
    new one, never half of one.
    """

    def read_text(self, *_: Any, **__: Any) -> str:
        """The file, decoded as UTF-8 on every platform."""
        text: str = super().read_text(encoding="utf-8")
        return text

    def write_text(self, data: str, *_: Any, **__: Any) -> int:
        """Replace the file as one step; returns the number of characters."""
        for left in self.parent.glob(".*.*.[0-9]*"):
            if _abandoned(left):
                left.unlink(missing_ok=True)
        write_whole(self, data)
        return len(data)


def _abandoned(path: Path) -> bool:
    """Whether the process that wrote `path` beside a file was killed: a write takes no time."""
    try:
        if time.time() - path.stat().st_mtime > 60:
            return True
        if os.name == "posix":
            os.kill(int(path.suffix[1:]), 0)  # signal 0 only asks, kill(2)
    except (FileNotFoundError, PermissionError, ValueError):
        return False
    except ProcessLookupError:
        return True
    return False
