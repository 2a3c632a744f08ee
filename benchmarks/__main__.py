"""`make bench`: measure builds, and write docs/about/performance.md."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import first_build
import scaling
import site_builds
import timing_accuracy
from peers import comparison, section
from project_copies import ROOT, copy_project
from report import describe_machine, format_table

from snippet_engine.atomic_write import write_atomically

T = TypeVar("T")

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
    """Run all benchmarks sequentially, which takes about half an hour."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        scratch = Path(name)
        rows = [
            *_log_each(site_builds.measure(scratch)),
            *_log_each(first_build.measure(scratch / "first")),
        ]
        profile = list(site_builds.profile_warm_build(scratch))
        project = copy_project(scratch / "times")
        times = timing_accuracy.measure(project, scratch / "times-runs")
        sizes = list(_log_each(scaling.measure(scratch)))
        full = scaling.measure_full_cache(scratch)
        results = list(_log_each(comparison.measure(scratch / "peers")))
    largest = sorted(times, key=lambda row: -abs(row.built - row.alone))[:8]
    page = PAGE.format(
        machine=describe_machine(),
        builds=format_table(
            ("Build", "Seconds", "Ratio", "At most"),
            ((row.name, f"{row.seconds:.1f}", row.ratio, row.bound) for row in rows),
        ),
        profile=format_table(
            ("Package", "Share"), ((f"`{package}`", f"{share:.0%}") for package, share in profile)
        ),
        programs=len(times),
        rounds=timing_accuracy.ROUNDS,
        oftener=timing_accuracy.EXCLUSIVE_ROUNDS,
        honest=sum(row.is_accurate for row in times) / len(times),
        steady=sum(row.is_repeatable for row in times) / len(times),
        apart=format_table(
            ("Program", "In the build, s", "By itself, s", "Once more, s"),
            (
                (f"`{row.name}`", f"{row.built:.2f}", f"{row.alone:.2f}", f"{row.again:.2f}")
                for row in largest
            ),
        ),
        sizes=format_table(
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
                    size.number,
                    f"{size.cold:.1f}",
                    f"{size.cpu:.1f}",
                    f"{size.warm:.1f}",
                    f"{size.rendered:.1f}",
                    f"{size.memory / 1e6:.0f}",
                    f"{size.cache / 1e6:.1f}",
                    size.added,
                    f"{1000 * size.engine:.1f}",
                )
                for size in sizes
            ),
        ),
        cached=scaling.CACHED,
        few=sizes[-2].number,
        many=sizes[-1].number,
        colder=sizes[-1].cold / sizes[-2].cold,
        warmer=sizes[-1].warm / sizes[-2].warm,
        fatter=sizes[-1].memory / sizes[-2].memory,
        full=full,
        beside=section.render_section(results),
    )
    path = ROOT / "docs" / "about" / "performance.md"
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, page)


def _log_each(results: Iterable[T]) -> Iterator[T]:
    """Yield each result after printing it on standard error."""
    for result in results:
        print(result, file=sys.stderr, flush=True)
        yield result


if __name__ == "__main__":
    main()
