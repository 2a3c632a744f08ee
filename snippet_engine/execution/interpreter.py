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

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import paths
from snippet_engine.execution.interpreter_facts import InterpreterFacts, collect_facts

_compiling = threading.Lock()


@cache
def query_interpreter(python: str) -> InterpreterFacts:
    """Return facts about the interpreter `python`; cached.

    Raises ExecutionError if `python` is not an interpreter.
    """
    if python == sys.executable:
        return collect_facts()
    try:
        answer = subprocess.run(
            [python, "-I", str(paths.FACTS)], capture_output=True, check=True, text=True, timeout=60
        )
        facts: InterpreterFacts = json.loads(answer.stdout)
        return facts
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ExecutionError(f"{python} is not a Python interpreter: {error}") from error


def compile_helpers(python: str) -> None:
    """Byte-compile what runs beside a program of `python`, once per process.

    In the sandbox these folders are read-only, so each start would compile them again. The
    probe is loaded by `python`, and the supervisor runs with the engine's own interpreter.
    The first caller compiles; concurrent callers wait for that.
    """
    with _compiling:
        _compile_folder(python, paths.PROBE)
        _compile_folder(sys.executable, paths.SUPERVISOR)


@cache
def _compile_folder(python: str, folder: Path) -> None:
    """Byte-compile the modules in `folder` with `python`, unless that is done; cached."""
    if python == sys.executable and all(map(_is_compiled, folder.rglob("*.py"))):
        return  # by an earlier build
    with suppress(subprocess.TimeoutExpired):  # programs then only start more slowly
        command = [python, "-I", "-m", "compileall", "-qq", str(folder)]
        subprocess.run(command, capture_output=True, timeout=60)


def _is_compiled(path: Path) -> bool:
    """Return True if the bytecode of `path` for this interpreter is up to date.

    The header of a bytecode file is defined by PEP 552.
    """
    with suppress(OSError, NotImplementedError):
        status = path.stat()
        with open(importlib.util.cache_from_source(str(path)), "rb") as file:
            fields = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
            return file.read(16) == importlib.util.MAGIC_NUMBER + struct.pack("<III", *fields)
    return False
