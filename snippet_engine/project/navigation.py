"""The site's pages and titles in navigation order, read from `mkdocs.yml`."""

from __future__ import annotations

import re
from pathlib import Path

_NAVIGATION = re.compile(r"^nav:\n((?:[ #-].*\n|\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^ *- (?:(.+?): +)?([\w/-]+)\.md *(?:#.*)?$", re.MULTILINE)
_HEADING = re.compile(r"^# +(.+?) *#* *$", re.MULTILINE)


def read_page_titles(root: Path) -> dict[str, str]:
    """Return the title of each page of the project in `root`, by the page's name.

    The order is that of the navigation, followed by other pages directly in `docs`. A page
    without a title in the navigation has that of its heading, or else its name.
    """
    navigation = _NAVIGATION.search(_read_text(root / "mkdocs.yml") + "\n")
    entries = _ENTRY.findall(navigation[1]) if navigation else []
    titles = {name: title.strip("'\"") for title, name in entries}
    for path in sorted((root / "docs").glob("*.md")):
        titles.setdefault(path.stem, "")
    return {name: title or _read_heading(root, name) for name, title in titles.items()}


def _read_heading(root: Path, name: str) -> str:
    heading = _HEADING.search(_read_text(root / "docs" / f"{name}.md"))
    return heading[1] if heading else name


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
