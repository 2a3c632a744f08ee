"""Sandbox for a supervisor and its program, made by bubblewrap.

Inside, the network is a private loopback, no outside process is visible, and files
can be written only in the work directory, /tmp and /dev/shm, which are removed after
the run. https://github.com/containers/bubblewrap; bwrap(1).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache

DESCRIPTION = "bubblewrap: no network, files read-only outside its directory"
NONE = "none"
# In-memory file systems that each run has for itself.
MOUNTS = ("/tmp", "/dev/shm")  # noqa: S108 - not this machine's
# Hidden, because they hold other users' files and the sockets of daemons, which a
# read-only mount would not protect.
HIDDEN = ("/tmp", "/run")  # noqa: S108

# Own namespaces and no capabilities. The supervisor is PID 1 of its namespace, so the
# kernel kills the whole process tree when the supervisor ends.
BWRAP_ARGS = (
    *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"),
    *("--as-pid-1", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/"),
    # proc(5): a program run by root could otherwise change kernel settings from inside.
    *("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"),
    *("--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger"),
    *("--dev", "/dev"),
)


def is_enabled() -> bool:
    """Return True if programs are to run in the sandbox.

    False if the variable SNIPPETS_SANDBOX is `none`, or if bubblewrap does not work.
    """
    return os.environ.get("SNIPPETS_SANDBOX") != NONE and is_available()


@cache
def is_available() -> bool:
    """Return True if bubblewrap is installed and a trial run in it succeeds; cached."""
    if shutil.which("bwrap") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", "-S", "-c", "import json"]
        try:
            trial = subprocess.run(
                wrap_command(command, folder, visible=[sys.prefix, sys.base_prefix], size=1 << 20),
                capture_output=True,
                timeout=30,
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return trial.returncode == 0


def wrap_command(
    command: Sequence[str], directory: str, *, visible: Iterable[str], size: int
) -> list[str]:
    """Return the command that runs `command` in the sandbox.

    `directory` is the folder that the command may write to. `visible` are paths to show
    although they are in a hidden folder; `size` is the capacity of each of `MOUNTS`,
    in bytes.
    """
    bwrap = ["bwrap", *BWRAP_ARGS]
    for mount in MOUNTS:
        bwrap += ["--size", str(size), "--tmpfs", mount]
    bwrap += ["--tmpfs", "/run"]
    for path in sorted({*visible, *map(os.path.realpath, visible)}):  # parents first
        if path.startswith(tuple(f"{hidden}/" for hidden in HIDDEN)):
            bwrap += ["--ro-bind-try", path, path]
    bwrap += ["--bind", directory, directory, "--remount-ro", "/run", "--remount-ro", "/dev"]
    return [*bwrap, "--", *command]
