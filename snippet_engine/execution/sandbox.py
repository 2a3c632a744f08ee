"""Around a supervisor and its program, where bubblewrap works: walls.

Inside there is no network but its own loopback, no process but its own, and no
file that can be written but in its folder, /tmp and /dev/shm, all gone with the
program. https://github.com/containers/bubblewrap; bwrap(1).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache

WORDS = "bubblewrap: no network, files read-only outside its directory"
NONE = "none"
# File systems in memory that a program has for itself.
MOUNTS = ("/tmp", "/dev/shm")  # noqa: S108 - not this machine's
# What is there of these is hidden: files of others, and sockets of what serves
# this machine, which a read-only file system would not keep a program from.
HIDDEN = ("/tmp", "/run")  # noqa: S108

# All walls that bubblewrap has, and no right that root would have. The supervisor
# is the init of the program's processes: when it ends, the kernel ends them all.
_WALLS = (
    *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"),
    *("--as-pid-1", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/"),
    # proc(5): who is root outside may write the kernel's settings, also from here.
    *("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"),
    *("--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger"),
    *("--dev", "/dev"),
)


def wanted() -> bool:
    """Whether to use it: not with SNIPPETS_SANDBOX=none, and not where it does not work."""
    return os.environ.get("SNIPPETS_SANDBOX") != NONE and works()


@cache
def works() -> bool:
    """Whether bubblewrap is here and does what is asked of it, tried once."""
    if shutil.which("bwrap") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", "-S", "-c", "import json"]
        try:
            trial = subprocess.run(
                within(command, folder, visible=[sys.prefix, sys.base_prefix], size=1 << 20),
                capture_output=True,
                timeout=30,
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return trial.returncode == 0


def within(command: Sequence[str], place: str, *, visible: Iterable[str], size: int) -> list[str]:
    """The command that runs `command` inside, with `place` to write in.

    `visible` are paths to be seen though they lie where all else is hidden;
    `size` is how much each of `MOUNTS` takes, in bytes.
    """
    wall = ["bwrap", *_WALLS]
    for mount in MOUNTS:
        wall += ["--size", str(size), "--tmpfs", mount]
    wall += ["--tmpfs", "/run"]
    for path in sorted({*visible, *map(os.path.realpath, visible)}):  # parents first
        if path.startswith(tuple(f"{hidden}/" for hidden in HIDDEN)):
            wall += ["--ro-bind-try", path, path]
    wall += ["--bind", place, place, "--remount-ro", "/run", "--remount-ro", "/dev"]
    return [*wall, "--", *command]
