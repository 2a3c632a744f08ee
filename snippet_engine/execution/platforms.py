"""Capabilities of the operating system for running programs.

All platform checks of the engine belong here.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from dataclasses import dataclass

from snippet_engine.snippet.model import Snippet

# Python code that needs a system with os.fork.
_FORKS = re.compile(
    r"\bos\.fork\(|\b(?:get|set)_(?:start_method|context)\(\s*['\"]fork(?:server)?['\"]"
)


@dataclass(frozen=True, slots=True)
class Platform:
    """An operating system and its capabilities for running programs.

    `has_proc`: it has Linux's /proc and prctl(2), by which a whole process tree can be
    found and killed. `forks`: it has os.fork. `locks`: it has fcntl. `temporary`: a
    folder whose path is short enough for a Unix socket in it; None means that the
    default one is. `keeps`: environment variables without which no program starts.
    """

    name: str
    has_proc: bool
    forks: bool = True
    locks: bool = True
    temporary: str | None = None
    keeps: tuple[str, ...] = ()


LINUX = Platform("Linux", has_proc=True)
# unix(4): on macOS a socket's address has at most 104 bytes.
MACOS = Platform("macOS", has_proc=False, temporary="/tmp")  # noqa: S108
WINDOWS = Platform(
    "Windows",
    has_proc=False,
    forks=False,
    locks=False,
    keeps=("COMSPEC", "PATHEXT", "SYSTEMROOT", "WINDIR"),
)


def _here() -> Platform:
    """Return the system that this process runs on.

    The capabilities of an unknown system are detected; it counts as without /proc.
    """
    known = {"linux": LINUX, "darwin": MACOS, "win32": WINDOWS}
    return known.get(sys.platform) or Platform(
        sys.platform,
        has_proc=False,
        forks=hasattr(os, "fork"),
        locks=importlib.util.find_spec("fcntl") is not None,
    )


CURRENT = _here()  # use as `platforms.CURRENT`, so that tests can replace it


def find_missing_requirement(snippet: Snippet, platform: Platform) -> str:
    """Return what `snippet` needs and `platform` lacks, or an empty string.

    Only the ability to fork is checked.
    """
    if platform.forks:
        return ""
    if snippet.start_method in ("fork", "forkserver"):
        return f"the {snippet.start_method} start method"
    return "os.fork" if snippet.language == "python" and _FORKS.search(snippet.code) else ""
