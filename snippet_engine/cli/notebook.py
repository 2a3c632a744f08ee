"""The command `snippets notebook`: write the talk's session as a notebook."""

from __future__ import annotations

import argparse

from snippet_engine.cli.common import WELL, Commands, command, json_option, print_json
from snippet_engine.project.project import Library
from snippet_engine.rendering.notebook import render_notebook
from snippet_engine.snippet.snippet_file import SnippetPath

PATH = "docs/session.ipynb"


def add(commands: Commands) -> None:
    """Add `snippets notebook` to the subparsers `commands`."""
    parser = command(
        commands,
        "notebook",
        _notebook,
        f"write the talk's session as {PATH}",
        """
        From the 17 blocks of the talk and their recordings; no program is run. Run it after
        one of them has been recorded again; the tests fail until then.
        """,
        "snippets notebook",
    )
    json_option(parser, "which file was written, and whether it changed,")


def _notebook(options: argparse.Namespace) -> int:
    library = Library(options.root)
    text = render_notebook(map(library.read, library.names()))
    path = SnippetPath(options.root / PATH)
    changed = not path.is_file() or path.read_text() != text
    if changed:
        path.write_text(text)
    if options.json:
        print_json({"path": PATH, "changed": changed})
    else:
        print(f"{PATH} {'written' if changed else 'is up to date'}")
    return WELL
