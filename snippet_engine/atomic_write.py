"""Files written whole: whoever reads one finds the old content or the new, never half of one."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace the file at `path` as one step: written beside it, then renamed.

    The name beside begins with a dot and ends with the id of this process. Raises
    OSError, and leaves nothing.
    """
    data = content.encode() if isinstance(content, str) else content
    beside = Path(path.parent, f".{path.name}.{threading.get_ident()}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
