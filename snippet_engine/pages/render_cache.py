"""A cache of the HTML rendered from snippets, in the folder of the run cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from snippet_engine.errors import SnippetError
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.urls import build_source_url, has_source_links


class RenderCache:
    """Cached HTML by its `kind`, the snippets `names` it shows, and `options` (data for JSON).

    An entry is valid until one of these snippets, its run, the engine or `options` changes.
    Looking one up runs nothing. Nothing is cached if `runs` have no run cache.
    """

    def __init__(self, runs: ProjectRuns) -> None:
        self._runs = runs

    def get(self, kind: str, names: Iterable[str], options: object = None) -> str | None:
        """Return the cached HTML if it is still valid, else None."""
        file_name = self._file_name(kind, names, options)
        cache = self._runs.cache
        return cache.read_text(file_name) if cache and file_name else None

    def set(self, kind: str, names: Iterable[str], options: object, html: str) -> None:
        """Cache `html`, which must be rendered from the current snippets."""
        if self._runs.cache and (file_name := self._file_name(kind, names, options)):
            self._runs.cache.write_text(file_name, html)

    def _file_name(self, kind: str, names: Iterable[str], options: object) -> str | None:
        """Return the file name of an entry.

        None means that a snippet is invalid or that its run is not cached.
        """
        settings = json.dumps([kind, has_source_links(), build_source_url(""), options])
        digest = hashlib.sha256(settings.encode())
        try:
            for name in names:
                fingerprint = self._runs.fingerprint(name)
                if fingerprint is None:
                    return None
                digest.update(f"{fingerprint}\0".encode())
        except SnippetError:
            return None
        return f"{digest.hexdigest()}.html"
