"""What was measured, as a section of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from report import table


@dataclass(frozen=True, slots=True)
class Row:
    """A tool: seconds of its builds, and which blocks come out right on its pages.

    `right`: those that are right and were not changed; `changed`: right, but changed for the
    tool; `wrong`: the rest. `why`: what was changed, by number; `also`: what else was.
    """

    name: str
    versions: str
    cold: float
    warm: float
    prose: float
    edit: float
    right: tuple[int, ...]
    changed: tuple[int, ...]
    wrong: tuple[int, ...]
    why: tuple[tuple[int, str], ...]
    also: str = ""

    @property
    def seconds(self) -> tuple[float, float, float, float]:
        """Of each of the four builds."""
        return self.cold, self.warm, self.prose, self.edit


_SECTION = """\
## Beside other tools

The {blocks} blocks of the source material, built by this project and by others, one build after
another on one machine. A build is cold when nothing is remembered, and warm when nothing
was changed since. Then a sentence beside one block was edited, and then that block.

{times}

Beside the best of the others, builds of this project take {ratios}
times as long: cold, warm, after each of the two edits.

A block is right when its output on the page agrees with its recording here, by the rules
of this project's own tests: what may vary may vary. Of an error, its last line counts; of what
a tool stopped, the lines until then. The output must stand with its own block. One build was
judged, the cold one: threads that print at once may tear a line in one and not in the next.
A block that was changed for a tool is counted apart: it is not the program of the source
material any more.

{counts}

{changes}
Each tool has the settings that its documentation names for this: runs side by side, a
time limit and a cache where it has them, errors allowed. Code that a block needs first and
that no page shows is no change, as it is none here.
"""

_CHANGES = """\
What had to be changed for a tool to finish, or to take a block at all:

{table}
"""


def section(rows: Sequence[Row]) -> str:
    """The section "Beside other tools", in Markdown; the first of `rows` is this project."""
    ours, *others = rows
    best = [min(times) for times in zip(*(row.seconds for row in others), strict=True)]
    ratios = [f"{own / other:.2f}" for own, other in zip(ours.seconds, best, strict=True)]
    return _SECTION.format(
        blocks=len(ours.right) + len(ours.changed) + len(ours.wrong),
        times=table(
            ("Tool", "Cold, s", "Warm, s", "Prose edited, s", "Block edited, s"),
            ((row.name, *(f"{seconds:.1f}" for seconds in row.seconds)) for row in rows),
        ),
        ratios=f"{', '.join(ratios[:-1])} and {ratios[-1]}",
        counts=table(
            ("Tool", "Version", "Right", "Right, but changed", "Not right"),
            (
                (
                    row.name,
                    f"`{row.versions}`" if row.versions else "as it stands",
                    str(len(row.right)),
                    _counted(row.changed),
                    _counted(row.wrong),
                )
                for row in rows
            ),
            numbers=False,
        ),
        changes=_changes(rows),
    )


def _changes(rows: Sequence[Row]) -> str:
    """Each change once, with the tools that need it."""
    tools: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        blocks: dict[str, list[int]] = {}
        for number, why in row.why:
            blocks.setdefault(why, []).append(number)
        for why, numbers in blocks.items():
            tools.setdefault((_numbers(numbers), why), []).append(row.name)
        if row.also:
            tools.setdefault(("none", row.also), []).append(row.name)
    if not tools:
        return ""
    needed = ((numbers, why, "; ".join(names)) for (numbers, why), names in tools.items())
    return _CHANGES.format(table=table(("Blocks", "Change", "Tools"), needed, numbers=False))


def _counted(numbers: Sequence[int]) -> str:
    """`3: 2, 7, 8`."""
    return f"{len(numbers)}: {_numbers(numbers)}" if numbers else "0"


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
