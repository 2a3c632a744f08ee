"""Compare this project with other tools, and print the section with the results.

    python benchmarks/peers [--try [TOOL…]]

With `--try`, build each block alone and unchanged with each tool, or with those whose names
begin with TOOL, and print the results. They show what `changes.py` must contain.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import comparison, section


def main() -> None:
    """Run all builds sequentially."""
    parser = argparse.ArgumentParser(description="Build the blocks with other tools.")
    parser.add_argument(
        "--try", dest="tried", nargs="*", metavar="TOOL", help="build blocks unchanged"
    )
    tried = parser.parse_args().tried
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        if tried is not None:
            for tool, number, outcome in comparison.try_blocks(scratch, tried):
                print(f"{tool:36} block {number:2}  {outcome}", flush=True)
            return
        rows = []
        for row in comparison.measure(scratch):
            rows.append(row)
            print(row, file=sys.stderr, flush=True)
    print(section.render_section(rows))


if __name__ == "__main__":
    main()
