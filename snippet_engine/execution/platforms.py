"""Capabilities of the operating system for running programs.

All platform checks of the engine belong here.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """An operating system and its capabilities for running programs.

    `has_proc`: it has Linux's /proc and prctl(2), by which a whole process tree can be
    found and killed. `can_run`: it is a Unix; elsewhere programs are shown without output.
    `temporary`: a folder whose path is short enough for a Unix socket in it; None means
    that the default one is.
    """

    name: str
    has_proc: bool = False
    can_run: bool = True
    temporary: str | None = None


LINUX = Platform("Linux", has_proc=True)
# unix(4): on macOS a socket's address has at most 104 bytes.
MACOS = Platform("macOS", temporary="/tmp")  # noqa: S108
WINDOWS = Platform("Windows", can_run=False)
REQUIREMENT = "Linux or macOS"  # of every program


def detect_platform() -> Platform:
    """Return the system that this process runs on; an unknown one counts as without /proc."""
    known = {"linux": LINUX, "darwin": MACOS, "win32": WINDOWS}
    return known.get(sys.platform) or Platform(sys.platform, can_run=hasattr(os, "fork"))


CURRENT = detect_platform()  # use as `platforms.CURRENT`, so that tests can replace it
