"""The compared tools: their projects of the 17 blocks, and their build commands."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snippet_engine.project.fences import format_fence

from . import changes
from .blocks import ROOT, Block, Change

WORKERS = 8  # parallel jobs, if a tool supports them: the blocks wait more than they compute
SITE = "site"  # the output folder of all tools
EDITED = 6  # the block whose code and prose are edited: the thread pool


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    `requirements` is its lock in this folder, "" for this project. `packages` are those
    whose versions are shown. The CSS `selector` matches output on its pages. If
    `page_per_block`, each block has its own page. `other_change` is a change that concerns
    no block.
    """

    name: str
    requirements: str
    packages: tuple[str, ...]
    selector: str
    changes: tuple[Change, ...] = ()
    page_per_block: bool = False
    other_change: str = ""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield the paths and texts of the project's files; `prose` is added to block EDITED."""
        raise NotImplementedError

    def command(self, python: Path) -> list[str]:
        """Return the build command for the tool's interpreter."""
        raise NotImplementedError

    def write(self, folder: Path, blocks: list[Block], prose: str = "") -> None:
        """Write the project into `folder`, except files that have not changed."""
        for name, text in self.files(blocks, prose):
            path = folder / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def versions(self) -> str:
        """Return the locked versions of the packages, such as "myst-nb 1.4.0"."""
        lock = (Path(__file__).parent / f"{self.requirements}.txt").read_text(encoding="utf-8")
        pins = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
        return ", ".join(f"{name} {pins[name]}" for name in self.packages)


def _format_prose(block: Block, prose: str) -> str:
    """Return the prose of a block."""
    return f"{block.snippet.title}. {prose if block.number == EDITED else ''}".rstrip()


def _group_blocks(page_per_block: bool, blocks: list[Block]) -> Iterator[tuple[str, list[Block]]]:
    if page_per_block:
        yield from ((f"block-{block.number:02}", [block]) for block in blocks)
    else:
        yield "blocks", blocks


class ThisProject(Tool):
    """This project, with only the snippets of the blocks."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield a page for each chapter, the snippets and the configuration."""
        pages: dict[str, list[str]] = {}
        for block in blocks:
            snippet = block.snippet
            text = snippet.text.replace(snippet.code, block.code)
            # A claim that compares it with another snippet cannot be measured here.
            text = re.sub(r'^# "speedup over .*\n', "", text, flags=re.MULTILINE)
            yield f"snippets/{snippet.name}{snippet.path.suffix}", text
            pages.setdefault(snippet.chapter, []).append(
                f"## {block.title}\n\n{_format_prose(block, prose)}\n\n{format_fence(snippet.name)}"
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
        """Write the project with the engine and the theme's files."""
        for name in ("includes", "overrides", "snippet_engine", "docs/assets"):
            if not (folder / name).exists():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        super().write(folder, blocks, prose)

    def command(self, python: Path) -> list[str]:
        """Return the command of `make site`."""
        return [str(python), "-m", "mkdocs", "build", "--strict"]

    def versions(self) -> str:
        """Return "": the working tree is measured."""
        return ""


class MarkdownExec(Tool):
    """markdown-exec alone: a fence for each block, run in the process of the build."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield one page: without a cache, more pages would make no difference."""
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
                f"## {block.title}\n\n{_format_prose(block, prose)}\n\n"
                f'```{language} exec="on" source="above" result="text"\n{setup}{block.code}```\n'
            )
        yield "docs/index.md", "\n".join(parts)

    def command(self, python: Path) -> list[str]:
        """Return a command without `--strict`: an error in a block is a warning."""
        return [str(python), "-m", "mkdocs", "build"]


class SphinxGallery(Tool):
    """Sphinx-Gallery: an example file for each block, run in parallel."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield the layout of its template."""
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
            head = f'"""\n{title}\n{"=" * len(title)}\n\n{_format_prose(block, prose)}\n"""\n'
            if block.snippet.setup:
                start, end = ("# sphinx_gallery_start_ignore", "# sphinx_gallery_end_ignore")
                head += f"{start}\n{block.snippet.setup}\n{end}\n"
            yield f"examples/plot_block_{block.number:02}.py", head + block.code

    def command(self, python: Path) -> list[str]:
        """Return a command that also reads and writes pages in parallel."""
        return [str(python), "-m", "sphinx", "-b", "html", f"-j{WORKERS}", "source", SITE]


class MystNb(Tool):
    """MyST-NB: cells in Markdown, run by a Jupyter kernel, with its cache."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield one page, or a page for each block."""
        pages = list(_group_blocks(self.page_per_block, blocks))
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
            # Create the cache first: pages read in parallel would all try to.
            "from jupyter_cache import get_cache\n"
            "get_cache(nb_execution_cache_path).list_cache_records()\n",
        )
        names = "\n".join(name for name, _ in pages)
        yield "source/index.md", f"# The blocks\n\n```{{toctree}}\n{names}\n```\n"
        for name, shown in pages:
            head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
            stops = max(block.snippet.stop_after or 0 for block in shown)
            if self.page_per_block and stops:
                head += f"mystnb:\n  execution_timeout: {round(stops)}\n"
            parts = [f"{head}---\n\n# A page\n"]
            for block in shown:
                parts.append(f"## {block.title}\n\n{_format_prose(block, prose)}\n")
                if block.snippet.setup:
                    hidden = ":tags: [remove-cell]"
                    parts.append(f"```{{code-cell}}\n{hidden}\n\n{block.snippet.setup}\n```\n")
                parts.append(f"```{{code-cell}}\n{block.code}```\n")
            yield f"source/{name}.md", "\n".join(parts)

    def command(self, python: Path) -> list[str]:
        """Return a command that reads, and so runs, pages in parallel."""
        return [str(python), "-m", "sphinx", "-b", "html", f"-j{WORKERS}", "source", SITE]


class MkdocsJupyter(Tool):
    """mkdocs-jupyter: notebooks, run by a Jupyter kernel, with its cache of pages."""

    def files(self, blocks: list[Block], prose: str) -> Iterator[tuple[str, str]]:
        """Yield one notebook, or a notebook for each block."""
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
        for name, shown in _group_blocks(self.page_per_block, blocks):
            cells = [_cell("markdown", "# A page")]
            for block in shown:
                cells.append(
                    _cell("markdown", f"## {block.title}\n\n{_format_prose(block, prose)}")
                )
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
        """Return a command without `--strict`: an error in a block is no error of the page."""
        return [str(python), "-m", "mkdocs", "build"]


def _cell(kind: str, source: str, *tags: str) -> dict[str, object]:
    cell: dict[str, object] = {
        "cell_type": kind,
        "metadata": {"tags": list(tags)},
        "source": source.rstrip("\n"),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


THIS_PROJECT = ThisProject("This project", "", (), ".snippet-output .line samp")


def list_tools() -> tuple[Tool, ...]:
    """Return all tools, this project first."""
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
        THIS_PROJECT,
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
            page_per_block=True,
            other_change=changes.MYST_NB_EACH_ALSO,
        ),
        MkdocsJupyter("mkdocs-jupyter (one page)", *jupyter, changes.MKDOCS_JUPYTER),
        MkdocsJupyter(
            "mkdocs-jupyter (a page for each)",
            *jupyter,
            changes.MKDOCS_JUPYTER,
            page_per_block=True,
        ),
    )
