"""The run cache: a folder of runs (`<key>.json`) and HTML that builds share."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from snippet_engine.atomic_write import write_atomically
from snippet_engine.run import Run

MAX_BYTES = 128 << 20
ABANDONED_S = 3600.0  # age at which the temporary file of a crashed build is deleted


class RunCache:
    """A cache of runs and HTML in `folder`, limited to `max_bytes` by `evict`.

    Several builds may use the folder concurrently, since files are replaced atomically.
    Unreadable and altered files are cache misses; write errors are ignored.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes

    def load(self, key: str) -> Run | None:
        """Return the cached run of `key`, or None on a miss."""
        text = self.read_text(f"{key}.json")
        if text is None:
            return None
        try:
            return Run.from_json(text)
        except ValueError:
            return None

    def store(self, key: str, run: Run) -> None:
        """Cache `run` under `key`."""
        self.write_text(f"{key}.json", run.to_json())

    def digest(self, key: str) -> str | None:
        """Return the digest stored with the run of `key`, or None on a miss.

        The digest is not verified.
        """
        path = self.folder / f"{key}.json"
        try:
            with path.open("rb") as file:
                digest = file.read(64).decode("ascii")
        except (OSError, ValueError):
            return None
        _mark_as_used(path)
        return digest

    def read_text(self, name: str) -> str | None:
        """Return the text cached in the file `name`, or None on a miss."""
        path = self.folder / name
        try:
            digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            return None
        if digest != _compute_digest(name, text):
            return None
        _mark_as_used(path)
        return text

    def write_text(self, name: str, text: str) -> None:
        """Cache `text` in the file `name`."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / name, f"{_compute_digest(name, text)}\n{text}")

    def evict(self) -> None:
        """Delete the least recently used files above `max_bytes`.

        Temporary files of crashed builds are deleted too.
        """
        files = []
        total_bytes = 0
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                with suppress(OSError):
                    status = entry.stat()
                    if not entry.name.startswith("."):
                        files.append((status.st_mtime, status.st_size, entry.path))
                        total_bytes += status.st_size
                    elif time.time() - status.st_mtime > ABANDONED_S:
                        Path(entry.path).unlink()
        for _, size, path in sorted(files):
            if total_bytes <= self.max_bytes:
                break
            total_bytes -= size
            with suppress(OSError):
                Path(path).unlink()


def open_run_cache(root: Path) -> RunCache:
    """Return the run cache of the project in `root`.

    Its folder is the environment variable SNIPPETS_MEMORY, or `.cache/runs` by default.
    """
    return RunCache(Path(os.environ.get("SNIPPETS_MEMORY") or root / ".cache" / "runs"))


def _mark_as_used(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)


def _compute_digest(name: str, text: str) -> str:
    return hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()
