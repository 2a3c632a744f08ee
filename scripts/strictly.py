"""Run a Python module as a program, and fail where anything was warned of in Python's log.

    python scripts/strictly.py MODULE ARGUMENT...

For a generator whose own strict mode does not read that log.
"""

from __future__ import annotations

import logging
import runpy
import sys
from pathlib import Path


class Counted(logging.StreamHandler):  # type: ignore[type-arg] # not generic at run time
    """A log on standard error which counts what it was told."""

    told = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.told += 1
        super().emit(record)


def main() -> int | str | None:
    """Run the module that is named first; its status, or 1 where it warned."""
    log = Counted()
    log.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[log], format="%(levelname)s - %(name)s: %(message)s")
    del sys.argv[0]
    sys.path[0] = str(Path.cwd())  # as `python -m` has it
    status: int | str | None = 0
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code
    if log.told and not status:
        print(f"Failed: {log.told} warnings in the log", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
