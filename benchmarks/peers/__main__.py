"""Measure this project beside other tools, and print the section that tells of it.

    python benchmarks/peers [--try [TOOL…]]

With `--try` each block is given unchanged and alone to each tool instead, or to those
whose names begin so, and it is told what comes of that: what `changes.py` has is found so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import contest, telling


def main() -> None:
    """One build after another."""
    parser = argparse.ArgumentParser(description="Build the blocks with other tools.")
    parser.add_argument("--try", dest="tried", nargs="*", metavar="TOOL", help="blocks unchanged")
    tried = parser.parse_args().tried
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        if tried is not None:
            for tool, number, outcome in contest.trials(scratch, tried):
                print(f"{tool:36} block {number:2}  {outcome}", flush=True)
            return
        rows = []
        for row in contest.rows(scratch):
            rows.append(row)
            print(row, file=sys.stderr, flush=True)
    print(telling.section(rows))


if __name__ == "__main__":
    main()
