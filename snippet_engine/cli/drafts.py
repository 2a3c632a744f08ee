"""Advice for a program outside the `snippets` folder."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import replace
from pathlib import Path

from snippet_engine.checking.check import Mismatch
from snippet_engine.cli.common import list_used_chapters
from snippet_engine.project.program_rules import explain_shadowing
from snippet_engine.project.project_check import HOME_CHAPTER


def suggest_move(wrong: Mismatch, path: Path, root: Path) -> Mismatch:
    """Return `wrong` with a remedy for `path`, a file outside the project in `root`.

    Only files in `snippets` can be recorded, so the remedy says how to move the file there.
    Other remedies are not changed.
    """
    chapters = [chapter for chapter in list_used_chapters(root) if chapter != HOME_CHAPTER]
    if "make record" not in wrong.hint or not chapters:
        return wrong
    name = f"{chapters[0]}/{_free_name(path, root / 'snippets' / chapters[0])}"
    target = os.path.relpath(root / "snippets" / f"{name}{path.suffix}")
    make = "make" if root.resolve() == Path.cwd() else f"make -C {shlex.quote(str(root))}"
    return replace(
        wrong,
        hint="if the output is right, move it to a chapter and record it there: "
        f"`mv {shlex.quote(str(path))} {shlex.quote(target)}`, `{make} record NAME={name}` "
        f"(chapters are {', '.join(chapters)})",
    )


def _free_name(path: Path, folder: Path) -> str:
    """Return an unused, valid name for the file in `folder`, which is a chapter."""
    name = re.sub("[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "draft"
    while explain_shadowing(name) or list(folder.glob(f"{name}.*")):
        name += "-example"
    return name
