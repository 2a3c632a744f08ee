"""MkDocs events (https://www.mkdocs.org/dev-guide/plugins/#events) of this site.

What a page cannot do for itself: offer files for download, and refuse to serve at an
address that is in use. Zensical has no hooks and builds the same pages without these.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File, Files

from snippet_engine.pages.api import library
from snippet_engine.project.downloads import downloads_of
from snippet_engine.urls import DOWNLOADS

_command = "build"
_is_address_free = False


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember which command this is."""
    global _command
    _command = command


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the address to serve at before the first build, and start programs early.

    Raises ConfigurationError where another program listens there.
    """
    global _is_address_free
    if _command == "serve" and not _is_address_free:
        check_address(*config.dev_addr)
        _is_address_free = True
    library().begin_early()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what readers may download. It is not written into `docs`, which is watched."""
    for name, data in downloads_of(Path(config.docs_dir).parent).items():
        path = f"{DOWNLOADS}/{name}"
        if old := files.get_file_from_path(path):
            files.remove(old)
        files.append(File.generated(config, path, content=data))
    return files


def check_address(host: str, port: int) -> None:
    """Raise ConfigurationError if something listens at that address: one line, with other ways."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot serve at {host}:{port} ({error.strerror}): choose another port with"
                f" `mkdocs serve -a {host}:{port + 1}` or `make serve PORT={port + 1}`"
            ) from None
