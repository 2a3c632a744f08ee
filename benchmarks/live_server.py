"""The site on `mkdocs serve`."""

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

from timing import make_environment

TIMEOUT = 120.0  # seconds


@contextmanager
def serve(root: Path, memory: Path, python: str = sys.executable) -> Iterator[str]:
    """Serve the project in `root` while the block runs, and yield the URL of the site."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    process = subprocess.Popen(
        [python, "-m", "mkdocs", "serve", "--dev-addr", host],
        cwd=root,
        env=make_environment(root, SNIPPETS_MEMORY=str(memory)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://{host}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait_for(url: str, text: str) -> None:
    """Wait until a page contains `text`. Raise RuntimeError after TIMEOUT."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                if text in response.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not contain {text!r}")
