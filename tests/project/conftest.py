"""Fixtures for projects whose programs are not really run."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of an empty project with the chapter `threads`."""
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    return tmp_path
