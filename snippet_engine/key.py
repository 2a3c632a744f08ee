"""What a run depends on, as one key: change any of it, and the program runs again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from .execution import cores, interpreter
from .snippet import Snippet

_ENGINE = Path(__file__).parent


def key_of(snippet: Snippet, python: str, root: Path) -> str:
    """The key of a run of `snippet` by the interpreter `python`, 64 hexadecimal digits.

    From the program and its head, the interpreter and its build, the lock file
    of the project in `root`, the engine's own code and the number of cores. The
    recordings are no part of it, nor is where anything stands on the machine: a
    run made on one serves the build on another of its kind. Raises
    ExecutionError if `python` is none.
    """
    facts = interpreter(python)
    parts = {
        "file": snippet.path.name,
        "head": snippet.head,
        "code": snippet.code,
        "interpreter": [facts[what] for what in ("python", "build", "start_method")],
        "system": facts["platform"].partition("-")[0],
        "lock": _digest([root / "requirements.txt"]),
        "engine": _digest(sorted(_ENGINE.glob("**/*.py"))),
        "cores": cores(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digest(paths: Iterable[Path]) -> str:
    """A digest of those files, of which not all need exist."""
    found = [(path, path.stat()) for path in paths if path.is_file()]
    return _read(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in found))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int, int], ...]) -> str:
    """The digest of files as they stood at that time: read again only when they change."""
    digest = hashlib.sha256()
    for path, _, size in files:
        digest.update(f"{path.name} {size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
