"""What readers may download: each program as it stands, a chapter's as a zip, all as one.

They stand in `docs/downloads`, which no version control knows: whatever builds
the site from `docs` takes them along as it takes a picture.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from .links import ALL, DOWNLOADS
from .snippet import LANGUAGES
from .whole import write_whole

# The first moment that a zip can tell. With one order and one mode for all, and nothing
# compressed, the same programs make the same bytes on every machine.
MOMENT = (1980, 1, 1, 0, 0, 0)
MODE = 0o644


def files(programs: Mapping[str, bytes]) -> dict[str, bytes]:
    """What there is to download of `programs`, by path below the folder of downloads.

    A program is named by its chapter and file, "threads/thread-pool.py".
    """
    chapters: dict[str, dict[str, bytes]] = {}
    for name, data in sorted(programs.items()):
        chapters.setdefault(name.partition("/")[0], {})[name] = data
    made = {f"{chapter}.zip": archive(those) for chapter, those in chapters.items()}
    every = {f"{ALL}/{name}": data for name, data in programs.items()}
    return {**programs, **made, f"{ALL}.zip": archive(every)}


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members`, by path; the same bytes whenever and wherever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in sorted(members.items()):
            member = zipfile.ZipInfo(name, MOMENT)
            member.create_system = 3  # Unix: its mode counts
            member.external_attr = MODE << 16
            made.writestr(member, data)
    return target.getvalue()


class Downloads:
    """The downloads of the project in `root`, kept in step with its snippets."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "docs" / DOWNLOADS
        self._snippets = root / "snippets"
        self._seen: dict[Path, tuple[int, int]] | None = None

    def has(self, program: Path) -> bool:
        """Whether the file of that program has not changed since the last `keep`."""
        return self._seen is not None and self._seen.get(program) == _state(program)

    def keep(self) -> list[str]:
        """Write what differs and delete what is of no program; returns the paths that are new.

        Where no snippet has changed since the last call, this only asks for the times
        of their files. What is in step is not written, since whoever watches `docs`
        would build again. Raises OSError where a file cannot be written.
        """
        seen = {path: _state(path) for path in self._paths()}
        if seen == self._seen:
            return []
        self._seen = seen
        wanted = files(dict(self._programs()))
        new = []
        for name, data in wanted.items():
            path = self.folder / name
            if not path.exists():
                new.append(name)
                path.parent.mkdir(parents=True, exist_ok=True)
            elif path.read_bytes() == data:
                continue
            write_whole(path, data)
        self._sweep(wanted)
        return new

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._snippets.glob("*/*") if path.suffix in LANGUAGES)

    def _programs(self) -> Iterator[tuple[str, bytes]]:
        for path in self._paths():
            with suppress(FileNotFoundError):  # deleted just now
                yield path.relative_to(self._snippets).as_posix(), path.read_bytes()

    def _sweep(self, wanted: Mapping[str, bytes]) -> None:
        """Delete programs and zips that are not `wanted`, and folders that are empty then."""
        for path in (*self.folder.glob("*.zip"), *self.folder.glob("*/*")):
            name = PurePosixPath(path.relative_to(self.folder).as_posix())
            if name.suffix in (".zip", *LANGUAGES) and str(name) not in wanted:
                path.unlink(missing_ok=True)
                with suppress(OSError):  # not empty
                    path.parent.rmdir()


def _state(path: Path) -> tuple[int, int]:
    """What changes when a file does: its time in nanoseconds and its size in bytes."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
