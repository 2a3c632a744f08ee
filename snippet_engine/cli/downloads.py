"""The command `snippets downloads`: write the downloads of a built site."""

from __future__ import annotations

import argparse
from pathlib import Path

from snippet_engine.cli.common import EXIT_OK, Subparsers, add_command, add_json_option, print_json
from snippet_engine.project.downloads import write_downloads


def add(commands: Subparsers) -> None:
    """Add `snippets downloads` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "downloads",
        _downloads,
        "write the downloads of the site into a folder",
        """
        The downloads are each program, a zip of each chapter, and a zip of all programs.
        `make serve` and `make site` add them to the site; run this after a build with
        another generator. Unchanged files are not written again.
        """,
        "snippets downloads --into site/downloads",
    )
    parser.add_argument(
        "--into",
        metavar="FOLDER",
        type=Path,
        required=True,
        help="the folder `downloads` of a built site",
    )
    add_json_option(parser, "the changed files")


def _downloads(options: argparse.Namespace) -> int:
    changed = write_downloads(options.root, options.into)
    if options.json:
        print_json({"changed": changed})
    return EXIT_OK
