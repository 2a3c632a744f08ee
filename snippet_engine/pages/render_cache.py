"""HTML that was made of snippets and their runs, remembered beside these."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Library
from snippet_engine.urls import from_sources, source_of


class Rendering:
    """The HTML of some `kind` that is made of the snippets `names` and of what is `given`.

    It is remembered where the runs of the `library` are, until one of the snippets or
    its run changes, or the engine. Where these are not remembered, it is not either.
    `given` is plain data.
    """

    def __init__(
        self,
        kind: str,
        library: Library,
        names: Iterable[str],
        given: object,
    ) -> None:
        self._library = library
        self._names = list(names)
        self._given = json.dumps([kind, from_sources(), source_of(""), given])

    def recalled(self) -> str | None:
        """What was kept of it, as it would be made now."""
        self._library.begin()
        name = self._name()
        return self._library.memory.text(name) if self._library.memory and name else None

    def keep(self, html: str) -> None:
        """Remember `html`, made just now."""
        if self._library.memory and (name := self._name()):
            self._library.memory.keep(name, html)

    def _name(self) -> str | None:
        """The name of its file."""
        digest = hashlib.sha256(self._given.encode())
        try:
            for name in self._names:
                identity = self._library.identity(name)
                if identity is None:
                    return None
                digest.update(f"{identity}\0".encode())
        except SnippetError:
            return None
        return f"{digest.hexdigest()}.html"
