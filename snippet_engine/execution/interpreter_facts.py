"""Facts about the running interpreter.

Other interpreters run this file as a script that prints the facts as JSON, so it
imports nothing of the engine.
"""

from __future__ import annotations

import json
import multiprocessing
import platform
import sys
import sysconfig
from typing import TypedDict


class InterpreterFacts(TypedDict):
    """Facts about an interpreter."""

    python: str  # full version, such as `3.15.0`
    build: str  # implementation, build number and date
    platform: str
    start_method: str  # default start method of `multiprocessing`
    prefixes: list[str]  # folders of the installation and of the virtual environment
    stdlib: str  # folder of the standard library


def collect_facts() -> InterpreterFacts:
    """Return the facts about the running interpreter.

    The default start method is the first of those that `multiprocessing` lists:
    https://docs.python.org/3/library/multiprocessing.html
    """
    return {
        "python": platform.python_version(),
        "build": " ".join((platform.python_implementation(), *platform.python_build())),
        "platform": platform.platform(),
        "start_method": multiprocessing.get_all_start_methods()[0],
        "prefixes": [sys.prefix, sys.base_prefix],
        "stdlib": sysconfig.get_path("stdlib"),
    }


if __name__ == "__main__":
    print(json.dumps(collect_facts()))
