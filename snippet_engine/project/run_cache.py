"""The run cache: a folder of runs (`<key>.json`) and HTML, kept between builds."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from snippet_engine.atomic_write import write_atomically
from snippet_engine.run import Run

MOST_BYTES = 128 << 20
ABANDONED = 3600.0  # age in seconds at which a temporary file is deleted


class Memory:
    """A cache of runs and HTML in `folder`, limited to `most_bytes` by `prune`.

    Several builds may use the folder concurrently, since files are replaced atomically.
    Unreadable and altered files are cache misses; write errors are ignored.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def get(self, key: str) -> Run | None:
        """Return the cached run of `key`, or None on a miss."""
        text = self.text(f"{key}.json")
        if text is None:
            return None
        try:
            return Run.from_json(text)
        except ValueError:
            return None

    def put(self, key: str, run: Run) -> None:
        """Cache `run` under `key`."""
        self.keep(f"{key}.json", run.to_json())

    def stamp(self, key: str) -> str | None:
        """Return the digest stored with the run of `key`, or None on a miss.

        The digest is not verified.
        """
        path = self.folder / f"{key}.json"
        try:
            with path.open("rb") as file:
                stamp = file.read(64).decode("ascii")
        except (OSError, ValueError):
            return None
        _used(path)
        return stamp

    def text(self, name: str) -> str | None:
        """Return the text cached in the file `name`, or None on a miss."""
        path = self.folder / name
        try:
            digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            return None
        if digest != _digest(name, text):
            return None
        _used(path)
        return text

    def keep(self, name: str, text: str) -> None:
        """Cache `text` in the file `name`."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / name, f"{_digest(name, text)}\n{text}")

    def prune(self) -> None:
        """Delete the least recently used files above `most_bytes`.

        Temporary files of crashed builds are deleted too.
        """
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


def memory_of(root: Path) -> Memory:
    """Return the run cache of the project in `root`.

    Its folder is the environment variable SNIPPETS_MEMORY, or `.cache/runs` by default.
    """
    return Memory(Path(os.environ.get("SNIPPETS_MEMORY") or root / ".cache" / "runs"))


def _used(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)


def _digest(name: str, text: str) -> str:
    return hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()
