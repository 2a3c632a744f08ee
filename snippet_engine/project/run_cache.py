"""What is remembered from one build to the next: runs, `.cache/runs/<key>.json`, and HTML."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from snippet_engine.atomic_write import write_whole
from snippet_engine.run import Run

MOST_BYTES = 128 << 20
ABANDONED = 3600.0  # seconds after which a file that was never renamed is rubbish


class Memory:
    """Runs and HTML in `folder`: at most `most_bytes`, the least used forgotten first.

    Several builds may use one folder at once: a file is written beside its
    place and renamed. What cannot be read, or was altered, is not remembered;
    what cannot be written is not remembered either. Nothing here is an error.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def get(self, key: str) -> Run | None:
        """The run that was kept under `key`."""
        text = self.text(f"{key}.json")
        if text is None:
            return None
        try:
            return Run.from_json(text)
        except ValueError:
            return None

    def put(self, key: str, run: Run) -> None:
        """Keep `run` under `key`."""
        self.keep(f"{key}.json", run.to_json())

    def stamp(self, key: str) -> str | None:
        """What tells the run that is kept under `key` from any other; None where there is none."""
        path = self.folder / f"{key}.json"
        try:
            with path.open("rb") as file:
                stamp = file.read(64).decode("ascii")
        except (OSError, ValueError):
            return None
        _used(path)
        return stamp

    def text(self, name: str) -> str | None:
        """The text that was kept as `name`, the name of a file."""
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
        """Keep `text` as `name`."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / name, f"{_digest(name, text)}\n{text}")

    def prune(self) -> None:
        """Forget what was used least past `most_bytes`, and what crashed builds left."""
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
    """Where the project in `root` remembers: `.cache/runs`, or what SNIPPETS_MEMORY names."""
    return Memory(Path(os.environ.get("SNIPPETS_MEMORY") or root / ".cache" / "runs"))


def _used(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)


def _digest(name: str, text: str) -> str:
    return hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()
