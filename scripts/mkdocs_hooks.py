"""MkDocs events (https://www.mkdocs.org/dev-guide/plugins/#events) of this site.

They do what a page cannot do: add files for download, write the facts of all panels, and
refuse to serve at an address in use. Zensical has no hooks; it builds the same pages.
"""

from __future__ import annotations

import json
import logging
import socket
from collections import Counter
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import File, Files

from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.pages.site import project_runs
from snippet_engine.project.downloads import read_downloads
from snippet_engine.rendering.layout import build_layout
from snippet_engine.urls import DOWNLOADS_FOLDER, HOME_CHAPTER, make_identifier

_command = "build"
_is_address_free = False


class ForwardToMkDocs(logging.Handler):
    """Hand records on to the log of MkDocs, which counts warnings in a strict build."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand `record` on."""
        logging.getLogger("mkdocs.plugins").handle(record)


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Store the name of the command, and forward the warnings of the engine."""
    global _command
    _command = command
    engine_log = logging.getLogger("snippet_engine")
    engine_log.propagate = False
    engine_log.handlers = [ForwardToMkDocs()]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the address to serve at before the first build, and start programs early.

    Raise ConfigurationError if another program listens there.
    """
    global _is_address_free
    if _command == "serve" and not _is_address_free:
        check_address(*config.dev_addr)
        _is_address_free = True
    project_runs().prestart()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the downloads to the site, without writing into `docs`, which is watched."""
    for name, data in read_downloads(Path(config.docs_dir).parent).items():
        path = f"{DOWNLOADS_FOLDER}/{name}"
        if old := files.get_file_from_path(path):
            files.remove(old)
        files.append(File.generated(config, path, content=data))
    return files


def on_post_build(config: MkDocsConfig) -> None:
    """Write the facts of each panel into `panels.json`, for `changed_panels.py`."""
    if _command != "serve":
        facts = [panel_facts(name) for name in project_runs().project.names()]
        Path(config.site_dir, "panels.json").write_text(json.dumps(facts, indent=1))


def panel_facts(name: str) -> dict[str, object]:
    """Return what the panel of the snippet `name` shows, as data for JSON.

    `page` is its URL on the site. `ending` is "" for a program that this system cannot run.
    `lanes` has the number of lanes by kind of worker, and of workers without a lane.
    """
    chapter = name.partition("/")[0]
    page = "" if chapter == HOME_CHAPTER else f"{chapter}/"
    facts: dict[str, object] = {"name": name, "page": f"{page}#{make_identifier(name)}"}
    try:
        snippet, run = project_runs().run(name)
    except UnavailableError as error:
        return {**facts, "code": error.snippet.code.strip()}
    except (SnippetError, ExecutionError):
        return {**facts, "page": page, "failed": True}
    layout = build_layout(run)
    lanes = Counter(lane.worker.kind for lane in layout.lanes) | Counter(more=len(layout.overflow))
    return {
        **facts,
        "code": snippet.code.strip(),
        "ending": run.ending,
        "lines": [(line.stream, line.text) for line in run.lines],
        "lanes": dict(lanes),
    }


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
