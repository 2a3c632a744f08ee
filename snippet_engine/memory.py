"""Runs remembered from one build to the next: `.cache/runs/<key>.json`."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from .run import Run
from .whole import write_whole

MOST_BYTES = 64 << 20
ABANDONED = 3600.0  # seconds after which a file that was never renamed is rubbish


class Memory:
    """The runs in `folder`, at most `most_bytes` of them, the least used forgotten first.

    Several builds may use one folder at once: a file is written beside its
    place and renamed. What cannot be read, or was altered, is not remembered;
    what cannot be written is not remembered either. Nothing here is an error.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def get(self, key: str) -> Run | None:
        """The run that was kept under `key`."""
        path = self._path(key)
        try:
            digest, _, text = path.read_text(encoding="utf-8").partition("\n")
            if digest != _digest(key, text):
                return None
            run = Run.from_json(text)
        except (OSError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)  # used now
        return run

    def put(self, key: str, run: Run) -> None:
        """Keep `run` under `key`."""
        text = run.to_json()
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(key), f"{_digest(key, text)}\n{text}")

    def prune(self) -> None:
        """Forget the least used runs past `most_bytes`, and what crashed builds left."""
        found = []
        total = 0
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                with suppress(OSError):
                    status = entry.stat()
                    if not entry.name.startswith("."):
                        found.append((status.st_mtime, status.st_size, entry.path))
                        total += status.st_size
                    elif time.time() - status.st_mtime > ABANDONED:
                        Path(entry.path).unlink()
        for _, size, path in sorted(found):
            if total <= self.most_bytes:
                break
            total -= size
            with suppress(OSError):
                Path(path).unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _digest(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{text}".encode()).hexdigest()
