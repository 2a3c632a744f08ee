"""Python versions: those that snippets are recorded on, and their order."""

from __future__ import annotations

import sys

SUPPORTED_VERSIONS = (
    "3.11",
    "3.12",
    "3.13",
    "3.14",
    "3.15",
)  # the versions that snippets are recorded on
REFERENCE_VERSION = "3.11"  # the version of a recording whose title names none


def get_feature_version(python: str = sys.version.split()[0]) -> str:
    """Return the feature version ("3.12") of a full version ("3.12.1").

    The default is the version of the running interpreter.
    """
    return ".".join(python.split(".")[:2])


def parse_version(python: str) -> tuple[int, ...]:
    """Return the sort key of a version: 3.9 sorts before 3.10."""
    return tuple(map(int, get_feature_version(python).split(".")))
