"""A cache of the HTML rendered from snippets, in the folder of the run cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Library
from snippet_engine.urls import build_source_url, has_source_links


class Rendering:
    """A cache entry for HTML of the given `kind`, rendered from the snippets `names`.

    It is valid until a snippet, its run, the engine or `given` (data for JSON) changes.
    Nothing is cached if the `library` has no run cache.
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
        self._given = json.dumps([kind, has_source_links(), build_source_url(""), given])

    def recalled(self) -> str | None:
        """Return the cached HTML if it is still valid, else None.

        An eager library first runs all snippets without a cached run.
        """
        self._library.begin()
        name = self._name()
        return self._library.memory.text(name) if self._library.memory and name else None

    def keep(self, html: str) -> None:
        """Cache `html`, which must be rendered from the current snippets."""
        if self._library.memory and (name := self._name()):
            self._library.memory.keep(name, html)

    def _name(self) -> str | None:
        """Return the file name of the entry in the cache.

        None means that a snippet is invalid or that its run is not cached.
        """
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
