"""What a run depends on, as one key: change any of it, and the program runs again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from snippet_engine.execution.cores import cores
from snippet_engine.execution.interpreter import interpreter
from snippet_engine.snippet.model import Program, Snippet

_ENGINE = Path(__file__).parent.parent
# Of the engine, what runs in processes of its own: as it stands, not as this one loaded it.
_AFRESH = ("tracing/probe", "execution/supervisor")


def key_of(program: Snippet | Program, python: str, root: Path) -> str:
    """The key of a run of `program` by the interpreter `python`, 64 hexadecimal digits.

    From the program and its head, the interpreter and its build, the lock file
    of the project in `root`, the engine's own code and the number of cores. The
    recordings are no part of it, nor is where anything stands on the machine: a
    run made on one serves the build on another of its kind. Raises
    ExecutionError if `python` is none.
    """
    facts = interpreter(python)
    parts = {
        "file": program.path.name,
        "head": program.head,
        "code": program.code,
        "interpreter": [facts[what] for what in ("python", "build", "start_method")],
        "system": facts["platform"].partition("-")[0],
        "lock": _digest([str(root / "requirements.txt")]),
        "engine": _loaded(_ENGINE),
        "afresh": _digest(_afresh(_ENGINE)),
        "cores": cores(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def _loaded(engine: Path) -> str:
    """A digest of the engine's code, read once: what changes later is not what runs here."""
    return _digest(str(path) for path in sorted(engine.glob("**/*.py")))


@cache
def _afresh(engine: Path) -> tuple[str, ...]:
    return tuple(str(path) for part in _AFRESH for path in sorted((engine / part).glob("*.py")))


def _digest(paths: Iterable[str]) -> str:
    """A digest of those files, of which not all need exist; read again only if they changed."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError):
            status = os.stat(path)  # noqa: PTH116 # asked for each panel; a Path takes thrice as long
            found.append((path, status.st_mtime_ns, status.st_size))
    return _read(tuple(found))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[str, int, int], ...]) -> str:
    """The digest of files as they stood at that time."""
    digest = hashlib.sha256()
    for name, _, size in files:
        path = Path(name)
        digest.update(f"{path.name} {size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
