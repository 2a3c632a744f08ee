"""Copies of this project: unchanged, with rendered panels, and with many programs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from snippet_engine.project.fences import format_fence
from snippet_engine.project.plain_text import PLACEHOLDER_PATTERN
from snippet_engine.project.project import Project

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r'^```python exec="on".*?\n(.*?)^```\n', re.MULTILINE | re.DOTALL)
_PAGE = 10  # programs on a page


def copy_project(target: Path) -> Path:
    """Copy the project into `target`."""
    for name in ("docs", "includes", "overrides", "snippets", "snippet_engine"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "scripts").mkdir()
    for name in ("mkdocs.yml", "requirements.txt", "scripts/mkdocs_hooks.py"):
        shutil.copy(ROOT / name, target / name)
    return target


def make_rendered(root: Path, target: Path, memory: Path) -> Path:
    """Copy the project in `root`, with rendered panels and measured numbers in its Markdown.

    Its build uses the same plugins of the generator, but not the engine.
    """
    subprocess.run(
        [sys.executable, __file__, str(root), str(target)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(root), "SNIPPETS_MEMORY": str(memory)},
    )
    return target


def make_many(target: Path, number: int) -> Path:
    """Make a project of `number` programs on pages of ten: copies of the short programs."""
    copy_project(target)
    for folder in ("snippets", "docs/about"):
        shutil.rmtree(target / folder, ignore_errors=True)
    for page in (target / "docs").glob("*.*"):
        page.unlink()
    project = Project(ROOT)
    finite = [s for s in map(project.read, project.names()) if s.time_limit is None]
    short = [
        snippet
        for snippet in finite
        if not snippet.exclusive and snippet.expected_seconds < 1 and "speedup" not in snippet.head
    ]
    mix = [*{snippet.path.name: snippet for snippet in short}.values()]  # unique names
    pages: dict[str, list[str]] = {}
    for n in range(number):
        snippet = mix[n % len(mix)]
        chapter = f"page-{n // _PAGE:03}"
        name = snippet.path.stem
        folder = target / "snippets" / chapter
        folder.mkdir(parents=True, exist_ok=True)
        # A comment makes it a different program with its own run.
        text = snippet.text.replace(snippet.code, f"{snippet.code.rstrip()}\n# {n}\n")
        (folder / f"{name}{snippet.path.suffix}").write_text(text, encoding="utf-8")
        pages.setdefault(chapter, []).append(format_fence(f"{chapter}/{name}"))
    for chapter, fences in pages.items():
        text = f"# {chapter}\n\n" + "\n".join(fences)
        (target / "docs" / f"{chapter}.md").write_text(text, encoding="utf-8")
    (target / "docs" / "index.md").write_text("# Many\n", encoding="utf-8")
    config = (target / "mkdocs.yml").read_text(encoding="utf-8")
    config = re.sub(r"^nav:\n(?:  .*\n)+", "", config, flags=re.MULTILINE)
    config = re.sub(r"^  - mkdocs-jupyter:\n(?:      .*\n)+", "", config, flags=re.MULTILINE)
    (target / "mkdocs.yml").write_text(config, encoding="utf-8")
    return target


def _write_rendered(root: Path, target: Path) -> None:
    """Write the rendered project, in a process whose `snippet_engine` is that of `root`."""
    from snippet_engine.pages.api import measured

    shutil.copytree(root, target, ignore=shutil.ignore_patterns("__pycache__", "site", ".cache"))

    def render(fence: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(fence[1], {})
        return f"\n{printed.getvalue()}\n"

    for page in (target / "docs").glob("*.md"):
        text = _FENCE.sub(render, page.read_text(encoding="utf-8"))
        text = re.sub(
            PLACEHOLDER_PATTERN, lambda match: measured(match[1], " ".join(match[2].split())), text
        )
        page.write_text(text, encoding="utf-8")
    config = (target / "mkdocs.yml").read_text(encoding="utf-8")
    config = re.sub(r"(?m)^  - snippet_engine\.pages\.markdown_measured.*\n", "", config)
    config = re.sub(r"(?m)^hooks:\n(?:  .*\n)+", "", config)
    (target / "mkdocs.yml").write_text(config, encoding="utf-8")


if __name__ == "__main__":
    _write_rendered(Path(sys.argv[1]), Path(sys.argv[2]))
