"""The tools that are compared: how each lays out a project of the 17 blocks, and builds it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snippet_engine.project.fences import fence

from . import changes
from .blocks import ROOT, Block, Change

WORKERS = 8  # side by side, where a tool can: the blocks wait more than they compute
SITE = "site"  # the folder of its project that each tool builds into
EDITED = 6  # the block that is edited, with its prose: the pool of threads


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, with what it can build the blocks as.

    `requirements`: its lock in this folder, "" for what this project's own has; `packages`:
    those of its packages that are named. `selector` finds output on its pages. `each`: a
    page for each block, where it is one for all otherwise. `also`: what else than a block
    had to be changed.
    """

    name: str
    requirements: str
    packages: tuple[str, ...]
    selector: str
    changes: tuple[Change, ...] = ()
    each: bool = False
    also: str = ""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """The project: paths in it and their text; `prose` stands beside block EDITED."""
        raise NotImplementedError

    def command(self, python: Path) -> list[str]:
        """What builds it, with the tool's interpreter."""
        raise NotImplementedError

    def write(self, folder: Path, blocks: list[Block], prose: str = "") -> None:
        """Lay the project out in `folder`; what is there already and the same is not touched."""
        for name, text in self.files(blocks, prose):
            path = folder / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def versions(self) -> str:
        """`myst-nb 1.4.0`: the packages by which it is known, as locked."""
        lock = (Path(__file__).parent / f"{self.requirements}.txt").read_text(encoding="utf-8")
        pins = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
        return ", ".join(f"{name} {pins[name]}" for name in self.packages)


def _told(block: Block, prose: str) -> str:
    """The prose beside a block."""
    return f"{block.snippet.title}. {prose if block.number == EDITED else ''}".rstrip()


def _pages(each: bool, blocks: list[Block]) -> Iterator[tuple[str, list[Block]]]:
    if each:
        yield from ((f"block-{block.number:02}", [block]) for block in blocks)
    else:
        yield "blocks", blocks


class Ours(Tool):
    """This project, with those snippets alone."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """A page for each chapter."""
        pages: dict[str, list[str]] = {}
        for block in blocks:
            snippet = block.snippet
            text = snippet.text.replace(snippet.code, block.code)
            # What compares it with a program that is none of these has nothing to do here.
            text = re.sub(r'^# "speedup over .*\n', "", text, flags=re.MULTILINE)
            yield f"snippets/{snippet.name}{snippet.path.suffix}", text
            pages.setdefault(snippet.chapter, []).append(
                f"## {block.title}\n\n{_told(block, prose)}\n\n{fence(snippet.name)}"
            )
        for chapter, parts in pages.items():
            yield f"docs/{chapter}.md", f"# {chapter}\n\n" + "\n".join(parts)
        yield "docs/index.md", "# The blocks\n"
        config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        config = re.sub(r"^nav:\n(?:  .*\n)+", "", config, flags=re.MULTILINE)
        config = re.sub(r"^  - mkdocs-jupyter:\n(?:      .*\n)+", "", config, flags=re.MULTILINE)
        yield "mkdocs.yml", config
        for name in ("requirements.txt", "scripts/mkdocs_hooks.py"):
            yield name, (ROOT / name).read_text(encoding="utf-8")

    def write(self, folder: Path, blocks: list[Block], prose: str = "") -> None:
        """With the engine, and what the pages are dressed with."""
        for name in ("includes", "overrides", "snippet_engine", "docs/assets"):
            if not (folder / name).exists():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        super().write(folder, blocks, prose)

    def command(self, python: Path) -> list[str]:
        """As `make site` does."""
        return [str(python), "-m", "mkdocs", "build", "--strict"]

    def versions(self) -> str:
        """None: it is measured as it stands."""
        return ""


class MarkdownExec(Tool):
    """markdown-exec by itself: a fence for each block, run in the process that builds."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """One page: nothing is remembered, so that pages make no difference."""
        yield (
            "mkdocs.yml",
            "site_name: Blocks\n"
            "plugins: [markdown-exec]\n"
            "markdown_extensions:\n"
            "  - pymdownx.superfences\n"
            "  - pymdownx.highlight: {pygments_lang_class: true}\n",
        )
        parts = ["# The blocks\n"]
        for block in blocks:
            language = "bash" if block.snippet.language == "zsh" else "python"
            setup = block.snippet.setup and f"{block.snippet.setup}  # markdown-exec: hide\n"
            parts.append(
                f"## {block.title}\n\n{_told(block, prose)}\n\n"
                f'```{language} exec="on" source="above" result="text"\n{setup}{block.code}```\n'
            )
        yield "docs/index.md", "\n".join(parts)

    def command(self, python: Path) -> list[str]:
        """Not strictly: an error in a block is a warning."""
        return [str(python), "-m", "mkdocs", "build"]


class SphinxGallery(Tool):
    """Sphinx-Gallery: an example file for each block, examples run side by side."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Its template's layout."""
        yield (
            "source/conf.py",
            "project = 'Blocks'\n"
            "extensions = ['sphinx_gallery.gen_gallery']\n"
            "sphinx_gallery_conf = {\n"
            "    'examples_dirs': '../examples',\n"
            "    'gallery_dirs': 'auto_examples',\n"
            f"    'parallel': {WORKERS},\n"
            "    'image_scrapers': (),\n"
            "    'reset_modules': (),\n"
            "    'only_warn_on_example_error': True,\n"
            "}\n",
        )
        yield "source/index.rst", "Blocks\n======\n\n.. toctree::\n\n   auto_examples/index\n"
        yield "examples/README.rst", "The blocks\n==========\n"
        for block in blocks:
            title = block.title
            head = f'"""\n{title}\n{"=" * len(title)}\n\n{_told(block, prose)}\n"""\n'
            if block.snippet.setup:
                start, end = ("# sphinx_gallery_start_ignore", "# sphinx_gallery_end_ignore")
                head += f"{start}\n{block.snippet.setup}\n{end}\n"
            yield f"examples/plot_block_{block.number:02}.py", head + block.code

    def command(self, python: Path) -> list[str]:
        """Pages are read and written side by side too."""
        return [str(python), "-m", "sphinx", "-b", "html", f"-j{WORKERS}", "source", SITE]


class MystNb(Tool):
    """MyST-NB: cells in Markdown, run by a Jupyter kernel, kept in its cache."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """One page, or a page for each block."""
        pages = list(_pages(self.each, blocks))
        yield (
            "source/conf.py",
            "project = 'Blocks'\n"
            "extensions = ['myst_nb']\n"
            "nb_execution_mode = 'cache'\n"
            "nb_execution_timeout = 60\n"
            "nb_execution_allow_errors = True\n"
            "nb_merge_streams = True\n"
            "import os\n"
            "nb_execution_cache_path = os.path.abspath('../.jupyter_cache')\n"
            # Pages that are read side by side may not make the cache, as each then would.
            "from jupyter_cache import get_cache\n"
            "get_cache(nb_execution_cache_path).list_cache_records()\n",
        )
        names = "\n".join(name for name, _ in pages)
        yield "source/index.md", f"# The blocks\n\n```{{toctree}}\n{names}\n```\n"
        for name, shown in pages:
            head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
            stops = max(block.snippet.stop_after or 0 for block in shown)
            if self.each and stops:
                head += f"mystnb:\n  execution_timeout: {round(stops)}\n"
            parts = [f"{head}---\n\n# A page\n"]
            for block in shown:
                parts.append(f"## {block.title}\n\n{_told(block, prose)}\n")
                if block.snippet.setup:
                    hidden = ":tags: [remove-cell]"
                    parts.append(f"```{{code-cell}}\n{hidden}\n\n{block.snippet.setup}\n```\n")
                parts.append(f"```{{code-cell}}\n{block.code}```\n")
            yield f"source/{name}.md", "\n".join(parts)

    def command(self, python: Path) -> list[str]:
        """Pages are read side by side, and with that run."""
        return [str(python), "-m", "sphinx", "-b", "html", f"-j{WORKERS}", "source", SITE]


class MkdocsJupyter(Tool):
    """mkdocs-jupyter: notebooks, run by a Jupyter kernel, with its cache of pages."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """One notebook, or a notebook for each block."""
        yield (
            "mkdocs.yml",
            "site_name: Blocks\n"
            "theme: {name: material, font: false}\n"
            "plugins:\n"
            "  - mkdocs-jupyter:\n"
            "      execute: true\n"
            "      allow_errors: true\n"
            "      remove_tag_config: {remove_input_tags: [hidden]}\n",
        )
        yield "docs/index.md", "# The blocks\n"
        for name, shown in _pages(self.each, blocks):
            cells = [_cell("markdown", "# A page")]
            for block in shown:
                cells.append(_cell("markdown", f"## {block.title}\n\n{_told(block, prose)}"))
                if block.snippet.setup:
                    cells.append(_cell("code", block.snippet.setup, "hidden"))
                cells.append(_cell("code", block.code))
            kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
            notebook = {
                "cells": cells,
                "metadata": {"kernelspec": kernel},
                "nbformat": 4,
                "nbformat_minor": 4,
            }
            yield f"docs/{name}.ipynb", json.dumps(notebook, indent=1)

    def command(self, python: Path) -> list[str]:
        """Not strictly: an error in a block is no error of the page."""
        return [str(python), "-m", "mkdocs", "build"]


def _cell(kind: str, source: str, *tags: str) -> dict[str, object]:
    cell: dict[str, object] = {
        "cell_type": kind,
        "metadata": {"tags": list(tags)},
        "source": source.rstrip("\n"),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


OURS = Ours("This project", "", (), ".snippet-output .line samp")


def tools() -> tuple[Tool, ...]:
    """All of them, ours first."""
    myst = ("myst-nb", ("myst-nb", "jupyter-cache"), ".cell_output pre")
    jupyter = (
        "mkdocs-jupyter",
        ("mkdocs-jupyter", "nbclient"),
        ".jp-OutputArea-output pre",
    )
    exec_output = (
        "pre:has(code.language-text), "
        'pre:has(code:-soup-contains("Traceback (most recent call last)"))'
    )
    return (
        OURS,
        MarkdownExec(
            "markdown-exec",
            "markdown-exec",
            ("markdown-exec",),
            exec_output,
            changes.MARKDOWN_EXEC,
        ),
        SphinxGallery(
            f"Sphinx-Gallery ({WORKERS} side by side)",
            "sphinx-gallery",
            ("sphinx-gallery", "sphinx"),
            ".sphx-glr-script-out pre",
            changes.SPHINX_GALLERY,
        ),
        MystNb("MyST-NB (one page)", *myst, changes.MYST_NB),
        MystNb(
            "MyST-NB (a page for each)",
            *myst,
            changes.MYST_NB_EACH,
            each=True,
            also=changes.MYST_NB_EACH_ALSO,
        ),
        MkdocsJupyter("mkdocs-jupyter (one page)", *jupyter, changes.MKDOCS_JUPYTER),
        MkdocsJupyter(
            "mkdocs-jupyter (a page for each)", *jupyter, changes.MKDOCS_JUPYTER, each=True
        ),
    )
