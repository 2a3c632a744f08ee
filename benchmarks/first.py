"""From a fresh clone to a served page: set-up, by uv and by pip alone, and the first build."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from commands import took
from projects import ROOT
from report import Row, ratio
from served import server, wait_for


def rows(scratch: Path) -> Iterator[Row]:
    """What was committed, in a clone without an environment; no package was fetched before."""
    clone = scratch / "clone"
    scratch.mkdir()
    took(["git", "clone", "--quiet", str(ROOT), str(clone)], scratch)
    caches = {"UV_CACHE_DIR": str(scratch / "uv"), "PIP_CACHE_DIR": str(scratch / "pip")}
    ours = took(["scripts/setup", ".venv"], clone, **caches).seconds
    pip = [str(scratch / "by-pip" / "bin" / "python"), "-m", "pip", "install", "-q"]
    caches["PIP_CACHE_DIR"] = str(scratch / "pip-again")
    by_pip = sum(
        took(command, clone, **caches).seconds
        for command in (
            [sys.executable, "-m", "venv", str(scratch / "by-pip")],
            [*pip, "--require-hashes", "-r", "requirements.txt"],
            [*pip, "--no-deps", "--no-build-isolation", "-e", "."],
        )
    )
    yield Row("Set-up, nothing fetched before", ours, ratio(ours, by_pip), "0.50")
    began = time.perf_counter()
    took([".venv/bin/snippets", "downloads"], clone)
    with server(clone, scratch / "runs", str(clone / ".venv" / "bin" / "python")) as address:
        wait_for(f"{address}/", "<h1")
    yield Row("…and from there to the first page served", time.perf_counter() - began)
