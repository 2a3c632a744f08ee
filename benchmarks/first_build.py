"""Times from a fresh clone to the first served page."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from live_server import serve, wait_for
from project_copies import ROOT
from report import Row, format_ratio
from timing import time_command


def measure(scratch: Path) -> Iterator[Row]:
    """Yield the times of set-up with empty caches, compared with pip, and of the first page."""
    clone = scratch / "clone"
    scratch.mkdir()
    time_command(["git", "clone", "--quiet", str(ROOT), str(clone)], scratch)
    caches = {"UV_CACHE_DIR": str(scratch / "uv"), "PIP_CACHE_DIR": str(scratch / "pip")}
    with_uv = time_command(["scripts/setup", ".venv"], clone, **caches).seconds
    pip = [str(scratch / "by-pip" / "bin" / "python"), "-m", "pip", "install", "-q"]
    caches["PIP_CACHE_DIR"] = str(scratch / "pip-again")
    with_pip = sum(
        time_command(command, clone, **caches).seconds
        for command in (
            [sys.executable, "-m", "venv", str(scratch / "by-pip")],
            [*pip, "--require-hashes", "-r", "requirements.txt"],
            [*pip, "--no-deps", "--no-build-isolation", "-e", "."],
        )
    )
    yield Row("Set-up, nothing fetched before", with_uv, format_ratio(with_uv, with_pip), "0.50")
    start = time.perf_counter()
    time_command([".venv/bin/snippets", "downloads"], clone)
    with serve(clone, scratch / "runs", str(clone / ".venv" / "bin" / "python")) as address:
        wait_for(f"{address}/", "<h1")
    yield Row("…and from there to the first page served", time.perf_counter() - start)
