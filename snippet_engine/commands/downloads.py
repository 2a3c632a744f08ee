"""`snippets downloads`: what readers may download."""

from __future__ import annotations

import argparse

from ..downloads import Downloads
from .common import WELL, Commands, command, json_option, print_json


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "downloads",
        _downloads,
        "write what readers download into docs/downloads",
        """
        Each program as it stands, each chapter's as a zip, and all as one. What is in step
        is left alone. `make serve` and `make site` do it first.
        """,
        "snippets downloads",
    )
    json_option(parser, "which files are new")


def _downloads(options: argparse.Namespace) -> int:
    new = Downloads(options.root).keep()
    if options.json:
        print_json({"new": new})
    return WELL
