"""Progress messages on standard error."""

from __future__ import annotations

import sys


def print_progress(ended: int, total: int) -> None:
    """Print on standard error how many snippets have run.

    On a terminal, one line is updated; elsewhere, a line is printed for every ten snippets.
    """
    if sys.stderr.isatty():
        end = "\n" if ended == total else ""
        print(f"\rsnippets: {ended} of {total} have run", end=end, file=sys.stderr, flush=True)
    elif ended == total or ended % 10 == 0:
        print(f"snippets: {ended} of {total} have run", file=sys.stderr, flush=True)
