"""This repository, as the tests read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from snippet_engine.project.project import Library

ROOT = Path(__file__).parents[2]
# To read snippets of, by all modules: each is parsed once. Tests that need runs take `library`.
LIBRARY = Library(ROOT, eager=False)

# Return the folder of that name; the first call in a test session makes it.
Once = Callable[[str, Callable[[Path], None]], Path]


def named(request: pytest.FixtureRequest, fixture: str) -> list[str]:
    """The snippets that the chosen tests with that `fixture` name, sorted."""
    return sorted(
        {
            item.callspec.params["name"]
            for item in request.session.items
            if isinstance(item, pytest.Function)
            and hasattr(item, "callspec")
            and fixture in item.fixturenames
            and "name" in item.callspec.params
        }
    )
