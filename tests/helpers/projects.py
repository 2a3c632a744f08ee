"""Small copies of this project, to be spoilt, built and killed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from helpers.repository import ROOT
from snippet_engine.project.fences import fence
from snippet_engine.project.project import Library


def copied(target: Path, *, snippets: bool = True) -> Path:
    """This project in the folder `target`, as far as its site is built from it."""
    for name in ("docs", "includes", "overrides", *["snippets"] * snippets):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    # Nobody spoils the engine, and here it is compiled.
    (target / "snippet_engine").symlink_to(ROOT / "snippet_engine")
    (target / "scripts").mkdir(exist_ok=True)
    for name in ("mkdocs.yml", "requirements.txt", "scripts/mkdocs_hooks.py"):
        shutil.copy(ROOT / name, target / name)
    (target / "snippets").mkdir(exist_ok=True)
    return target


def small_project(target: Path, names: Iterable[str], *, notebook: bool = False) -> Path:
    """A project of those snippets alone: every page of the site, with a fence for each of them.

    Without the `notebook`, whose plugin is slow to start, if it is not asked for.
    """
    copied(target, snippets=False)
    library = Library(ROOT)
    shown: dict[str, list[str]] = {}
    for name in names:
        path = library.path(name)
        folder = target / "snippets" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)
        shown.setdefault(path.parent.name, []).append(fence(name))
    for page in (target / "docs").glob("*.md"):
        page.write_text("# A page\n\n" + "\n".join(shown.get(page.stem, [])))
    if not notebook:
        shutil.rmtree(target / "docs" / "session")
        (target / "docs" / "session.ipynb").unlink()
        config = (target / "mkdocs.yml").read_text(encoding="utf-8")
        config = re.sub(r"(?m)^  - The session: .*\n", "", config)
        config = re.sub(r"(?m)^  - mkdocs-jupyter:\n(?:      .*\n)+", "", config)
        (target / "mkdocs.yml").write_text(config, encoding="utf-8")
    return target
