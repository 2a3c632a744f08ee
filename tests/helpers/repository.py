"""This repository and the tests selected in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from snippet_engine.project.project import Project

ROOT = Path(__file__).parents[2]
# For reading snippets, each parsed once; tests that need runs use the fixture `project_runs`.
PROJECT = Project(ROOT)

# Return the folder of that name; the first call in a test session makes it.
MakeOnce = Callable[[str, Callable[[Path], None]], Path]


def has_fixture(item: pytest.Item, *fixtures: str) -> bool:
    """Return True if a test uses one of the `fixtures`."""
    return isinstance(item, pytest.Function) and not {*fixtures}.isdisjoint(item.fixturenames)


def list_selected_snippets(items: Iterable[pytest.Item], fixture: str) -> list[str]:
    """Return the sorted values of the parameter `name` of the tests that use `fixture`."""
    return sorted(
        {
            item.callspec.params["name"]
            for item in items
            if isinstance(item, pytest.Function)
            and has_fixture(item, fixture)
            and hasattr(item, "callspec")
            and "name" in item.callspec.params
        }
    )
