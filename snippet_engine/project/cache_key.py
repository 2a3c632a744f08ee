"""The cache key of a run, which changes with anything that the run depends on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.interpreter import query_interpreter
from snippet_engine.snippet.model import Snippet, SourceParts

_ENGINE = Path(__file__).parent.parent
# Engine code that child processes load from disk: an edit affects the next run, so it is
# hashed again for each key.
_CHILD_CODE = ("tracing/probe", "execution/supervisor")


def cache_key(program: Snippet | SourceParts, python: str, root: Path) -> str:
    """Return the cache key of a run of `program`: 64 hexadecimal digits.

    It depends on the program, its file name and metadata, the interpreter `python`, the
    operating system, the lock file of the project in `root`, the engine's code and the
    number of cores. It does not depend on recordings or on absolute paths, so machines of
    the same kind can share a run cache. Raise ExecutionError if `python` is not an
    interpreter.
    """
    facts = query_interpreter(python)
    parts = {
        "file": program.path.name,
        "head": program.head,
        "code": program.code,
        "interpreter": [facts["python"], facts["build"], facts["start_method"]],
        "system": facts["platform"].partition("-")[0],
        "lock": _digest_files([str(root / "requirements.txt")]),
        "engine": _loaded_engine(_ENGINE),
        "child_code": _digest_files(_child_files(_ENGINE)),
        "cores": count_cores(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def _loaded_engine(engine: Path) -> str:
    """Return the digest of the engine's code and templates, read once per process.

    Later edits do not affect the modules that this process has imported.
    """
    files = (path for path in engine.rglob("*") if path.suffix in (".py", ".html"))
    return _digest_files(str(path) for path in sorted(files))


@cache
def _child_files(engine: Path) -> tuple[str, ...]:
    return tuple(
        str(path) for part in _CHILD_CODE for path in sorted((engine / part).rglob("*.py"))
    )


def _digest_files(paths: Iterable[str]) -> str:
    """Return the digest of the files `paths`, read again only if they have changed.

    Missing files are skipped.
    """
    files = []
    for path in paths:
        with suppress(FileNotFoundError):
            status = os.stat(path)  # noqa: PTH116 # called for each panel; Path.stat takes three times as long
            files.append((path, status.st_mtime_ns, status.st_size))
    return _digest_contents(tuple(files))


@lru_cache(maxsize=8)
def _digest_contents(files: tuple[tuple[str, int, int], ...]) -> str:
    """Return the digest of `files`, given as (path, modification time in ns, size).

    Time and size identify the contents in the cache of this function.
    """
    digest = hashlib.sha256()
    for name, _, size in files:
        path = Path(name)
        digest.update(f"{path.name} {size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
