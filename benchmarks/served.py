"""The site on the server that authors use, `mkdocs serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands import environment

PATIENCE = 120.0  # seconds


@contextmanager
def server(root: Path, memory: Path, python: str = sys.executable) -> Iterator[str]:
    """The address of the project in `root`, served while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [python, "-m", "mkdocs", "serve", "--dev-addr", host],
        cwd=root,
        env=environment(root, SNIPPETS_MEMORY=str(memory)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://{host}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait_for(address: str, text: str) -> None:
    """Wait until the page at `address` has that text. Raises RuntimeError after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                if text in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{address} never had {text!r}")
