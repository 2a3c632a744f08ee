"""What readers may download: each program, the programs of a chapter as a zip, all as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from snippet_engine.atomic_write import write_whole
from snippet_engine.snippet.model import LANGUAGES
from snippet_engine.snippet.parser import parse
from snippet_engine.snippet.standalone import standalone_text
from snippet_engine.urls import ALL

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


def downloads_of(root: Path) -> dict[str, bytes]:
    """Return all there is to download of the project in `root`, as `files` does.

    A file that is no snippet is offered as it is; the build warns of it elsewhere.
    """
    folder = root / "snippets"
    programs = {}
    for path in sorted(folder.glob("*/*")):
        if path.suffix in LANGUAGES:
            name = path.relative_to(folder).as_posix()
            with suppress(FileNotFoundError):  # deleted just now
                programs[name] = _offered(path.read_bytes(), path, name.rpartition(".")[0])
    return files(programs)


def _offered(data: bytes, path: Path, name: str) -> bytes:
    try:
        return standalone_text(parse(data.decode(), path, name)).encode()
    except ValueError:
        return data


def write_downloads(root: Path, folder: Path) -> list[str]:
    """Write the downloads of the project in `root` into `folder`; return those that changed.

    Programs and zips that are there and no longer offered are deleted. Raises OSError where
    a file cannot be written.
    """
    offered = downloads_of(root)
    changed = []
    for name, data in offered.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
            changed.append(name)
    for path in (*folder.glob("*.zip"), *folder.glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".zip", *LANGUAGES) and name not in offered:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                path.parent.rmdir()
    return changed
