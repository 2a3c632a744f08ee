"""The snippets of a project: which there are, and what their files say."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import LANGUAGES, Snippet
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import read_source

_NAME = re.compile(r"[^/.][^/]*/[^/.][^/]*")  # chapter/name


class Project:
    """The snippets under `root`/snippets; each is parsed again when its file has changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._parsed: dict[str, tuple[str, Snippet]] = {}

    def names(self) -> list[str]:
        """Return the names of all snippets ("chapter/name"), sorted."""
        folder = self.root / "snippets"
        files = (path for path in folder.glob("*/*") if path.suffix in LANGUAGES)
        return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in files)

    def path(self, name: str) -> Path:
        """Return the file of the snippet `name`.

        Raise SnippetError if it does not exist.
        """
        folder = self.root / "snippets"
        for suffix in LANGUAGES if _NAME.fullmatch(name) else ():
            if (path := folder / f"{name}{suffix}").is_file():
                return path
        raise SnippetError(folder.relative_to(self.root) / name, 1, "there is no such snippet")

    def read(self, name: str) -> Snippet:
        """Return the snippet `name`.

        Raise SnippetError if the file or the page of its chapter does not exist, or if the
        file is invalid.
        """
        text, path = self.read_text(name)
        chapter = name.partition("/")[0]
        if not (self.root / "docs" / f"{chapter}.md").is_file():
            chapters = {other.partition("/")[0] for other in self.names()} - {chapter}
            known = ", ".join(sorted(chapters))
            message = f"unknown chapter {chapter!r}: there is no docs/{chapter}.md (known: {known})"
            raise SnippetError(path, 1, message)
        parsed_text, snippet = self._parsed.get(name, ("", None))
        if snippet is None or parsed_text != text:
            snippet = parse_snippet(text, path, name)
            self._parsed[name] = text, snippet
        return snippet

    def read_text(self, name: str) -> tuple[str, Path]:
        """Return the text of the snippet `name` and its path relative to the root.

        Raise SnippetError if the file does not exist or is not UTF-8.
        """
        path = self.path(name)
        relative = path.relative_to(self.root)
        return read_source(path, relative), relative

    def modification_times(self) -> dict[str, int]:
        """Return the modification time (ns) of each file in the chapters, by path.

        It is called often, so it uses one `os.scandir` per chapter.
        """
        times: dict[str, int] = {}
        for chapter in self.root.glob("snippets/*"):
            # It may not be a folder, and a file may be deleted meanwhile.
            with suppress(OSError), os.scandir(chapter) as entries:
                times |= {entry.path: entry.stat().st_mtime_ns for entry in entries}
        return times
