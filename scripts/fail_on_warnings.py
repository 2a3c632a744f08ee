"""Run a Python module as a program, and fail if it logged a warning.

    python scripts/fail_on_warnings.py MODULE ARGUMENT...

For a site generator whose own strict mode ignores Python's log.
"""

from __future__ import annotations

import logging
import runpy
import sys
from pathlib import Path


class CountingHandler(logging.StreamHandler):  # type: ignore[type-arg] # not generic at run time
    """A handler that logs to standard error and counts the records."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1
        super().emit(record)


def main() -> int | str | None:
    """Run the module and return its exit status, or 1 if it succeeded with warnings."""
    handler = CountingHandler()
    handler.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], format="%(levelname)s - %(name)s: %(message)s")
    del sys.argv[0]
    sys.path[0] = str(Path.cwd())  # like `python -m`
    status: int | str | None = 0
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as error:
        status = error.code
    if handler.count and not status:
        print(f"Failed: {handler.count} warnings in the log", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
