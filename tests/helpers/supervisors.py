"""Stand-ins for the supervisor, and code run as a supervisor runs."""

from __future__ import annotations

import marshal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import pytest

from snippet_engine.execution import paths, runner
from snippet_engine.execution.supervisor.protocol import RELEASE, WAITING, Request

REAL = paths.SUPERVISOR


def replace_supervisor(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs use the script `code` as supervisor, without fork server and sandbox.

    The script may call `run_real()`, which becomes the real supervisor.
    """
    folder.mkdir(exist_ok=True)
    (folder / "__main__.py").write_text(
        "import runpy\n"
        f"def run_real(): runpy.run_path({str(REAL / '__main__.py')!r}, run_name='__main__')\n"
        f"{dedent(code)}"
    )
    monkeypatch.setattr(paths, "SUPERVISOR", folder)
    monkeypatch.setattr(runner, "fork_server_command", lambda: None)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


def run_like_supervisor(code: str) -> str:
    """Return what `code` prints in a process with the package `supervisor` and no others.

    Standard input is closed. Raises CalledProcessError if it fails.
    """
    code = f"import sys\nsys.path.insert(0, {str(REAL.parent)!r})\n{dedent(code)}"
    command = [sys.executable, "-I", "-S", "-c", code]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True, timeout=60
    ).stdout


@contextmanager
def start_by_hand(request: Request) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a supervisor of the program of `request`, which it has released if it was held."""
    command = [sys.executable, "-I", str(REAL / "__main__.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(marshal.dumps(cast(Any, request)))
        process.stdin.flush()
        if request["has_proc"]:
            assert process.stdout.readline() == f"{WAITING}\n".encode()
            process.stdin.write(RELEASE)
            process.stdin.flush()
        yield process


def build_request(folder: Path, **changes: Any) -> Request:
    """Return a request to run `true` in `folder`, with `changes`; `limits` are merged."""
    limits = {
        "seconds": 5.0,
        "output_lines": 100,
        "output_bytes": 10_000,
        "memory_bytes": 1 << 30,
        "disk_bytes": 1 << 20,
        "disk_names": 100,
        "processes": 10,
        "threads": 100,
    } | changes.pop("limits", {})
    request = {
        "command": ["/bin/true"],
        "directory": str(folder),
        "environment": {},
        "events_path": "/dev/null",
        "has_proc": True,
        "is_probed": False,
        "time_limit_s": 5.0,
        "start_limit_s": 5.0,
        "status_at_time_limit": "limit: time",
        "sample_interval_s": 0.1,
        "limits": limits,
        "folders": [str(folder)],
        "mounts": [],
    }
    return cast(Request, request | changes)
