"""Facts about an interpreter, and byte-compilation of the probe for it."""

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

# The first caller compiles the probe; later callers wait for that.
_compiling = threading.Lock()


@cache
def query_interpreter(python: str) -> dict[str, Any]:
    """Return facts about `python`: version, build, platform, start method, paths.

    See `interpreter_facts.facts` for the keys. The result is cached. Raises
    ExecutionError if `python` is not an interpreter.
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
    """Byte-compile the probe and the supervisor with `python`, once per process.

    In the sandbox their folders are read-only, so each start would compile them again.
    """
    if python == sys.executable and all(
        map(_is_compiled, [*paths.PROBE.rglob("*.py"), *paths.SUPERVISOR.rglob("*.py")])
    ):
        return  # by an earlier build
    command = [python, "-I", "-m", "compileall", "-qq", str(paths.PROBE), str(paths.SUPERVISOR)]
    with suppress(subprocess.TimeoutExpired):  # programs then only start more slowly
        subprocess.run(command, capture_output=True, timeout=60)


def _is_compiled(path: Path) -> bool:
    """Return True if the bytecode of `path` for this interpreter is up to date.

    The header of a bytecode file is defined by PEP 552.
    """
    with suppress(OSError, NotImplementedError):
        status = path.stat()
        with open(importlib.util.cache_from_source(str(path)), "rb") as file:
            of = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
            return file.read(16) == importlib.util.MAGIC_NUMBER + struct.pack("<III", *of)
    return False
