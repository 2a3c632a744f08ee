"""Small copies of this project, for tests that change or build them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from helpers.programs import build_text
from helpers.repository import ROOT
from snippet_engine.project.fences import format_fence
from snippet_engine.project.project import Project


def copy_project(target: Path, *, snippets: bool = True) -> Path:
    """Copy the files of this project that its site is built from into `target`."""
    for name in ("docs", "includes", "overrides", *["snippets"] * snippets):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    # No test changes the engine, and here its bytecode is cached.
    (target / "snippet_engine").symlink_to(ROOT / "snippet_engine")
    (target / "scripts").mkdir(exist_ok=True)
    for name in ("mkdocs.yml", "requirements.txt", "scripts/mkdocs_hooks.py"):
        shutil.copy(ROOT / name, target / name)
    (target / "snippets").mkdir(exist_ok=True)
    return target


def make_small_project(target: Path, names: Iterable[str], *, notebook: bool = False) -> Path:
    """Make a project of the snippets `names`: all pages of the site, with their fences only.

    Without `notebook` it has no notebook, because the plugin for it is slow to start.
    """
    copy_project(target, snippets=False)
    project = Project(ROOT)
    fences: dict[str, list[str]] = {}
    for name in names:
        path = project.path(name)
        folder = target / "snippets" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)
        fences.setdefault(path.parent.name, []).append(format_fence(name))
    for page in (target / "docs").glob("*.md"):
        page.write_text("# A page\n\n" + "\n".join(fences.get(page.stem, [])))
    if not notebook:
        shutil.rmtree(target / "docs" / "session")
        (target / "docs" / "session.ipynb").unlink()
        config = (target / "mkdocs.yml").read_text(encoding="utf-8")
        config = re.sub(r"(?m)^  - The session: .*\n", "", config)
        config = re.sub(r"(?m)^  - mkdocs-jupyter:\n(?:      .*\n)+", "", config)
        (target / "mkdocs.yml").write_text(config, encoding="utf-8")
    return target


def write_snippet(
    root: Path, name: str, code: str = "pass\n", head: str = "", recording: str = ""
) -> Path:
    """Write the snippet `name` into the project in `root`, and return its file.

    `recording` are the recorded lines ("#> a\\n"); without them nothing is recorded.
    """
    path = root / "snippets" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    recorded = f"#: output\n{recording}" if recording else ""
    path.write_text(build_text(code, head=head, recording=recorded), encoding="utf-8")
    return path
