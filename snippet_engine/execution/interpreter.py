"""What an interpreter is, and the probe compiled for it."""

from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import paths
from snippet_engine.execution.interpreter_facts import facts as facts_of_this

# Whoever starts the first program has what rides along compiled; the others wait for it.
_compiling = threading.Lock()


@cache
def interpreter(python: str) -> dict[str, Any]:
    """What `python` is: version, build, platform, default start method, where it lives.

    Raises ExecutionError if it is no interpreter.
    """
    if python == sys.executable:
        return facts_of_this()
    try:
        answer = subprocess.run(
            [python, "-I", str(paths.FACTS)], capture_output=True, check=True, text=True, timeout=60
        )
        facts: dict[str, Any] = json.loads(answer.stdout)
        return facts
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ExecutionError(f"{python} is not a Python interpreter: {error}") from error


@cache
def compile_probe(python: str) -> None:
    """Have `python` compile what stands beside programs and in them.

    Those can write nothing there, and would do it at each start.
    """
    if python == sys.executable and all(
        map(_is_compiled, [*paths.PROBE.glob("*.py"), *paths.SUPERVISOR.glob("*.py")])
    ):
        return  # as in every build but the first
    command = [python, "-I", "-m", "compileall", "-qq", str(paths.PROBE), str(paths.SUPERVISOR)]
    with suppress(subprocess.TimeoutExpired):  # then it takes longer, and no more
        subprocess.run(command, capture_output=True, timeout=60)


def _is_compiled(path: Path) -> bool:
    """Whether this interpreter has compiled the file as it stands; see PEP 552."""
    with suppress(OSError, NotImplementedError):
        status = path.stat()
        with open(importlib.util.cache_from_source(str(path)), "rb") as file:
            of = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
            return file.read(16) == importlib.util.MAGIC_NUMBER + struct.pack("<III", *of)
    return False
