"""The command `snippets downloads`: write the downloads of a built site."""

from __future__ import annotations

import argparse
from pathlib import Path

from snippet_engine.cli.common import WELL, Commands, command, json_option, print_json
from snippet_engine.project.downloads import write_downloads


def add(commands: Commands) -> None:
    """Add `snippets downloads` to the subparsers `commands`."""
    parser = command(
        commands,
        "downloads",
        _downloads,
        "write what readers may download into a folder",
        """
        Each program as a reader can run it, those of each chapter as a zip, and all as one
        zip. `make serve` and `make site` add them by themselves; after a build with another
        generator this adds them. Files that have not changed are left alone.
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
    json_option(parser, "which files changed")


def _downloads(options: argparse.Namespace) -> int:
    changed = write_downloads(options.root, options.into)
    if options.json:
        print_json({"changed": changed})
    return WELL
