"""Command line and environment variables of a program."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from snippet_engine.execution import paths
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.snippet.model import Snippet


def build_command(snippet: Snippet, program: Path, python: str) -> list[str]:
    """Return the command that runs the file `program`, the code of `snippet`.

    Raises UnavailableError if the snippet's shell is not installed.
    """
    if snippet.language == "python":
        return [python, str(program)]
    shell = shutil.which(snippet.language)
    if shell is None:
        raise UnavailableError(snippet, snippet.language, "it is not installed")
    return [shell, str(program)]


def build_environment(
    snippet: Snippet, place: Path, python: str, start_method: str
) -> dict[str, str]:
    """Return all environment variables of a program.

    `place` is the run directory, which contains `home` and `tmp`. `start_method` is
    the interpreter's default for `multiprocessing`; a snippet that needs another is
    started with SNIPPET_START_METHOD.
    """
    environment = {
        "PATH": os.pathsep.join([os.path.dirname(python), os.environ.get("PATH", os.defpath)]),
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHON_COLORS": "0",
        "PYTHONPATH": str(paths.PROBE),
    }
    if snippet.setup:
        environment["SNIPPET_SETUP"] = snippet.setup
    if snippet.start_method and snippet.start_method != start_method:
        environment["SNIPPET_START_METHOD"] = snippet.start_method
    return environment
