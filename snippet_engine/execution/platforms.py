"""What this system has of what it takes to run programs: asked here, and nowhere else."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from dataclasses import dataclass

from snippet_engine.snippet.model import Snippet

# What is there only where processes can be forked.
_FORKS = re.compile(
    r"\bos\.fork\(|\b(?:get|set)_(?:start_method|context)\(\s*['\"]fork(?:server)?['\"]"
)


@dataclass(frozen=True, slots=True)
class Platform:
    """A system, as far as running programs goes.

    `proc`: it has Linux' /proc and prctl(2), which tell and end whole families.
    `forks`, `locks`: it has os.fork and fcntl. `temporary`: a folder whose name is
    short enough for a socket in it, where the one for temporary files is not.
    `keeps`: variables without which no program starts.
    """

    name: str
    proc: bool
    forks: bool = True
    locks: bool = True
    temporary: str | None = None
    keeps: tuple[str, ...] = ()


LINUX = Platform("Linux", proc=True)
# unix(4): the address of a socket has at most 104 bytes there.
MACOS = Platform("macOS", proc=False, temporary="/tmp")  # noqa: S108
WINDOWS = Platform(
    "Windows",
    proc=False,
    forks=False,
    locks=False,
    keeps=("COMSPEC", "PATHEXT", "SYSTEMROOT", "WINDIR"),
)


def _here() -> Platform:
    """The system that this process runs on; one not known is as it answers."""
    known = {"linux": LINUX, "darwin": MACOS, "win32": WINDOWS}
    return known.get(sys.platform) or Platform(
        sys.platform,
        proc=False,
        forks=hasattr(os, "fork"),
        locks=importlib.util.find_spec("fcntl") is not None,
    )


HERE = _here()  # read as `platforms.HERE`, so that tests can say that it is another


def lacking(snippet: Snippet, platform: Platform) -> str:
    """What `snippet` needs and `platform` cannot have; empty where there is nothing."""
    if platform.forks:
        return ""
    if snippet.start_method in ("fork", "forkserver"):
        return f"the {snippet.start_method} start method"
    return "os.fork" if snippet.language == "python" and _FORKS.search(snippet.code) else ""
