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
from typing import Any


def facts() -> dict[str, Any]:
    """Return version, build, platform, default start method and paths.

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
    print(json.dumps(facts()))
