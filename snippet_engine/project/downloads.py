"""The downloads: each program, a zip of each chapter, and a zip of all programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from snippet_engine.atomic_write import write_atomically
from snippet_engine.snippet.model import LANGUAGES
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.standalone import build_standalone_text
from snippet_engine.urls import ALL_PROGRAMS

# The earliest time that a zip file can store. Fixed times, order and modes, and no
# compression, make the zip files the same bytes on every machine.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o644


def build_downloads(programs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the downloads of `programs`, by path in the folder of downloads.

    Both map a path to file contents; that of a program is "threads/thread-pool.py".
    """
    chapters: dict[str, dict[str, bytes]] = {}
    for name, data in sorted(programs.items()):
        chapters.setdefault(name.partition("/")[0], {})[name] = data
    zips = {f"{chapter}.zip": build_zip(members) for chapter, members in chapters.items()}
    members = {f"{ALL_PROGRAMS}/{name}": data for name, data in programs.items()}
    return {**programs, **zips, f"{ALL_PROGRAMS}.zip": build_zip(members)}


def build_zip(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file of `members` (contents by path), reproducible byte for byte."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, data in sorted(members.items()):
            member = zipfile.ZipInfo(name, ZIP_EPOCH)
            member.create_system = 3  # Unix, so that the mode is used
            member.external_attr = ZIP_MODE << 16
            file.writestr(member, data)
    return target.getvalue()


def read_downloads(root: Path) -> dict[str, bytes]:
    """Return all downloads of the project in `root`, by path as in `build_downloads`.

    A file that is not a valid snippet is included unchanged; the build reports it elsewhere.
    """
    folder = root / "snippets"
    programs = {}
    for path in sorted(folder.glob("*/*")):
        if path.suffix in LANGUAGES:
            name = path.relative_to(folder).as_posix()
            with suppress(FileNotFoundError):  # deleted since it was listed
                programs[name] = _build_program(path.read_bytes(), path, name.rpartition(".")[0])
    return build_downloads(programs)


def _build_program(data: bytes, path: Path, name: str) -> bytes:
    try:
        return build_standalone_text(parse_snippet(data.decode(), path, name)).encode()
    except ValueError:
        return data


def write_downloads(root: Path, folder: Path) -> list[str]:
    """Write the downloads of the project in `root` into `folder`.

    Return the paths, relative to `folder`, of the files that were new or changed. Obsolete
    programs and zip files in `folder` are deleted. Raise OSError if a file cannot be written.
    """
    downloads = read_downloads(root)
    changed = []
    for name, data in downloads.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data)
            changed.append(name)
    for path in (*folder.glob("*.zip"), *folder.glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".zip", *LANGUAGES) and name not in downloads:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                path.parent.rmdir()
    return changed
