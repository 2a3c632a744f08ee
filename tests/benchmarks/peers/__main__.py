"""Measure this project beside other tools, and print the section that tells of it.

    python tests/benchmarks/peers [--try [TOOL…]]

With `--try` each block is given unchanged and alone to each tool instead, and it is
told what comes of that: what `changes.py` has is found so.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[n]) for n in (1, 3)]

from peers import contest, telling


def main() -> None:
    """One build after another."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        if sys.argv[1:2] == ["--try"]:
            for tool, number, outcome in contest.trials(Path(name), sys.argv[2:]):
                print(f"{tool:36} block {number:2}  {outcome}", flush=True)
            return
        rows = []
        for row in contest.rows(Path(name)):
            rows.append(row)
            print(row, file=sys.stderr, flush=True)
        print(telling.section(rows))


if __name__ == "__main__":
    main()
