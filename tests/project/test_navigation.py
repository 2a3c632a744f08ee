"""Titles and order of the site's pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from snippet_engine.project.navigation import read_page_titles


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a project with two pages in the navigation and one outside it."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text(
        '# All about threads\n```python exec="on"\nshow(\n"threads/shown")\n```\n'
    )
    (tmp_path / "docs/index.md").write_text("---\nhide: []\n---\n# The start\n")
    (tmp_path / "docs/extra.md").write_text("no heading\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nnav:\n  # first\n  - index.md\n  - 'Many: together': threads.md\n"
        "theme:\n  - locks.md\n"
    )
    (tmp_path / "snippets/threads").mkdir(parents=True)
    return tmp_path


def test_pages_are_in_the_order_of_the_navigation_and_others_last(root: Path) -> None:
    assert list(read_page_titles(root).items()) == [
        ("index", "The start"),
        ("threads", "Many: together"),
        ("extra", "extra"),
    ]
    (root / "mkdocs.yml").unlink()
    assert list(read_page_titles(root)) == ["extra", "index", "threads"]
