"""Atomic file writes: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace the file at `path` atomically, by renaming a temporary file.

    The temporary file is in the same folder; its name begins with a dot and ends with the id
    of this process. Raises OSError, after removing the temporary file.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = Path(path.parent, f".{path.name}.{threading.get_ident()}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
