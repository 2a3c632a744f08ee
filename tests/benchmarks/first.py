"""From a fresh clone to a served page: set-up, by uv and by pip alone, and the first build."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from projects import ROOT
from report import Row, ratio
from served import server, wait_for


def rows(scratch: Path) -> Iterator[Row]:
    """What was committed, in a clone without an environment; no package was fetched before."""
    clone = scratch / "clone"
    scratch.mkdir()
    _took(["git", "clone", "--quiet", str(ROOT), str(clone)], scratch)
    caches = {"UV_CACHE_DIR": str(scratch / "uv"), "PIP_CACHE_DIR": str(scratch / "pip")}
    ours = _took(["scripts/setup", ".venv"], clone, **caches)
    pip = [str(scratch / "by-pip" / "bin" / "python"), "-m", "pip", "install", "-q"]
    caches["PIP_CACHE_DIR"] = str(scratch / "pip-again")
    by_pip = sum(
        _took(command, clone, **caches)
        for command in (
            [sys.executable, "-m", "venv", str(scratch / "by-pip")],
            [*pip, "--require-hashes", "-r", "requirements.txt"],
            [*pip, "--no-deps", "--no-build-isolation", "-e", "."],
        )
    )
    yield Row("Set-up, nothing fetched before", ours, ratio(ours, by_pip), "0.50")
    began = time.perf_counter()
    _took([".venv/bin/snippets", "downloads"], clone)
    with server(clone, scratch / "runs", str(clone / ".venv" / "bin" / "python")) as address:
        wait_for(f"{address}/", "<h1")
    yield Row("…and from there to the first page served", time.perf_counter() - began)


def _took(command: list[str], folder: Path, **variables: str) -> float:
    """Seconds that `command` takes in `folder`."""
    began = time.perf_counter()
    environment = {**os.environ, **variables}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began
