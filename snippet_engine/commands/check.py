"""`snippets check`: look over all files and pages without running anything."""

from __future__ import annotations

import argparse
from pathlib import PurePath

from ..library import Library
from ..placement import misplaced_in
from ..snippet import SnippetError
from .common import WELL, WRONG, Commands, command, json_option, print_json


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "check",
        _check,
        "tell which snippets and fences stand where they should not",
        """
        Nothing is run. Each of these is told in a line, with what to do: a snippet that is
        shown on no page, on two, or on another chapter's page; a fence that names no snippet;
        a file of snippets/ that is in no chapter, or is no program; a head that cannot be
        read. The build of the site tells the same. The exit status is 1 if there is any.
        """,
        """
        snippets check
        snippets check --json | jq -r '.[].path'
        """,
    )
    json_option(parser, "the list of what is wrong")


def _check(options: argparse.Namespace) -> int:
    library = Library(options.root)
    wrong = [
        (PurePath(one.path), one.line, f"{one.what}: {one.cure}")
        for one in misplaced_in(library.root)
    ]
    told = {path for path, *_ in wrong}
    for name in library.names():
        try:
            library.read(name)
        except SnippetError as error:
            if error.path not in told:
                wrong.append((error.path, error.line, error.message))
    if options.json:
        keys = ("path", "line", "message")
        print_json([dict(zip(keys, (str(path), *rest), strict=True)) for path, *rest in wrong])
    else:
        for path, line, message in wrong:
            print(f"{path}:{line}: {message}")
        if not wrong:
            print(f"{len(library.names())} snippets, each once on the page of its chapter")
    return WRONG if wrong else WELL
