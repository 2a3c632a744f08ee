"""The command `snippets notebook`: write the talk's session as a notebook."""

from __future__ import annotations

import argparse

from snippet_engine.cli.common import EXIT_OK, Subparsers, add_command, add_json_option, print_json
from snippet_engine.project.project import Project
from snippet_engine.rendering.notebook import render_notebook
from snippet_engine.snippet.snippet_file import SnippetPath

PATH = "docs/session.ipynb"


def add(commands: Subparsers) -> None:
    """Add `snippets notebook` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "notebook",
        _notebook,
        f"write the talk's session as {PATH}",
        """
        The notebook consists of the 17 blocks of the talk and their recordings; no program
        is run. Run this command after recording one of them; the tests fail otherwise.
        """,
        "snippets notebook",
    )
    add_json_option(parser, "the path, and whether the file changed,")


def _notebook(options: argparse.Namespace) -> int:
    project = Project(options.root)
    text = render_notebook(map(project.read, project.names()))
    path = SnippetPath(options.root / PATH)
    changed = not path.is_file() or path.read_text() != text
    if changed:
        path.write_text(text)
    if options.json:
        print_json({"path": PATH, "changed": changed})
    else:
        print(f"{PATH} {'written' if changed else 'is up to date'}")
    return EXIT_OK
