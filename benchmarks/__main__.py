"""`make bench`: measure whole builds, and write docs/about/performance.md from it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import builds
import first
import honest
import thousand
from peers import contest, telling
from projects import ROOT, copied
from report import machine, table

from snippet_engine.atomic_write import write_atomically

One = TypeVar("One")

PAGE = """\
---
title: How fast it is built
description: How long builds of this site take, cold, warm and after an edit, as measured.
hide:
  - toc
---

<!-- Written by `make bench`: do not edit. -->

# How fast it is built

{machine}
Look at the ratios: seconds are those of that machine.

## Builds of this site

A cold build remembers nothing, and runs every program. It should take no longer than the
larger of its longest run and of the CPU time of all runs divided by the cores, a quarter
more, and then what the pages alone take. A warm build has all runs from memory, and is
compared with the same site, built with the same plugins, when its panels are already
rendered. After one program was edited, its run and a warm build are to be expected; served,
half a second more, since a server waits whether there is more to come. Set-up makes the
environment from the lock, with every package fetched; it is compared with `pip` alone.

{builds}

In a warm build, time is spent in the code of:

{profile}

## Times while many programs run

Programs run side by side in a cold build. Are their times still true? The site was built so.
Then each of the {programs} that end by themselves was run with nothing beside it, and then so
once more; all that {rounds} times in turn, and {oftener} times what computes. In the build and
by itself, {honest:.0%} of them took the same time, within 5 % or 50 ms, whichever is more;
medians are compared. By itself and once more, {steady:.0%} did: so steady is the machine.
The farthest apart are these:

{apart}

## More programs

Programs like those of this site, ten on each page. The last column but one is what each of
them adds to a warm build whose page had its panel already; what ten add is less than that by
which builds differ. The last is the CPU time that the engine itself takes for it, its import
and all.

{sizes}

Ten times as many programs, {few} to {many:,}, take {colder:.1f} times as long in a cold build and
{warmer:.1f} times in a warm one, and {fatter:.1f} times the memory. With 100 programs and
{cached:,} runs in memory a warm build takes {full:.2f} times as long as with their own runs alone.

{beside}"""


def main() -> None:
    """Measure everything, one thing after another; some half an hour."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        scratch = Path(name)
        rows = [*_told(builds.rows(scratch)), *_told(first.rows(scratch / "first"))]
        profile = list(builds.profiled(scratch))
        pairs = honest.pairs(copied(scratch / "honest"), scratch / "honest-runs")
        sizes = list(_told(thousand.sizes(scratch)))
        full = thousand.full_cache(scratch)
        beside = list(_told(contest.rows(scratch / "peers")))
    apart = sorted(pairs, key=lambda pair: -abs(pair.built - pair.alone))[:8]
    page = PAGE.format(
        machine=machine(),
        builds=table(
            ("Build", "Seconds", "Ratio", "At most"),
            ((row.what, f"{row.seconds:.1f}", row.ratio, row.bound) for row in rows),
        ),
        profile=table(
            ("Package", "Share"), ((f"`{who}`", f"{share:.0%}") for who, share in profile)
        ),
        programs=len(pairs),
        rounds=honest.ROUNDS,
        oftener=honest.OFTENER,
        honest=sum(pair.honest for pair in pairs) / len(pairs),
        steady=sum(pair.steady for pair in pairs) / len(pairs),
        apart=table(
            ("Program", "In the build, s", "By itself, s", "Once more, s"),
            ((f"`{p.name}`", f"{p.built:.2f}", f"{p.alone:.2f}", f"{p.again:.2f}") for p in apart),
        ),
        sizes=table(
            (
                "Programs",
                "Cold, s",
                "CPU of the runs, s",
                "Warm, s",
                "Rendered, s",
                "Memory, MB",
                "Remembered, MB",
                "Added, ms",
                "Engine, ms",
            ),
            (
                (
                    one.number,
                    f"{one.cold:.1f}",
                    f"{one.cpu:.1f}",
                    f"{one.warm:.1f}",
                    f"{one.rendered:.1f}",
                    f"{one.memory / 1e6:.0f}",
                    f"{one.cache / 1e6:.1f}",
                    one.added,
                    f"{1000 * one.engine:.1f}",
                )
                for one in sizes
            ),
        ),
        cached=thousand.CACHED,
        few=sizes[-2].number,
        many=sizes[-1].number,
        colder=sizes[-1].cold / sizes[-2].cold,
        warmer=sizes[-1].warm / sizes[-2].warm,
        fatter=sizes[-1].memory / sizes[-2].memory,
        full=full,
        beside=telling.section(beside),
    )
    path = ROOT / "docs" / "about" / "performance.md"
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, page)


def _told(found: Iterable[One]) -> Iterator[One]:
    """Each of them as it is found, told on standard error."""
    for one in found:
        print(one, file=sys.stderr, flush=True)
        yield one


if __name__ == "__main__":
    main()
