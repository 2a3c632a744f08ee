"""Versions of Python: which are supported, and how they compare."""

from __future__ import annotations

import sys

SUPPORTED = ("3.11", "3.12", "3.13", "3.14", "3.15")  # the versions that snippets are recorded on
REFERENCE = "3.11"  # the version whose output is under a plain `#: output`


def version(python: str = sys.version.split()[0]) -> str:
    """The feature version, "3.12", of a full one, "3.12.1"; this interpreter's if none."""
    return ".".join(python.split(".")[:2])


def in_order(python: str) -> tuple[int, ...]:
    """What to sort versions by: 3.9 comes before 3.10."""
    return tuple(map(int, version(python).split(".")))
