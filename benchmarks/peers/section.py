"""The results of the comparison, as a section of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from report import format_table


@dataclass(frozen=True, slots=True)
class Row:
    """The results of a tool: seconds of its builds, and numbers of blocks by correctness.

    `right` are unchanged blocks with correct output, `changed` are changed blocks with
    correct output, and `wrong` the others. `reasons` are those of the changes, by number.
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
    reasons: tuple[tuple[int, str], ...]
    other_change: str = ""

    @property
    def seconds(self) -> tuple[float, float, float, float]:
        """The seconds of the four builds."""
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
judged, the cold one: threads that print concurrently may tear a line in one and not in the next.
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


def render_section(rows: Sequence[Row]) -> str:
    """Return the section in Markdown; the first of `rows` is this project."""
    ours, *others = rows
    best = [min(times) for times in zip(*(row.seconds for row in others), strict=True)]
    ratios = [f"{own / other:.2f}" for own, other in zip(ours.seconds, best, strict=True)]
    return _SECTION.format(
        blocks=len(ours.right) + len(ours.changed) + len(ours.wrong),
        times=format_table(
            ("Tool", "Cold, s", "Warm, s", "Prose edited, s", "Block edited, s"),
            ((row.name, *(f"{seconds:.1f}" for seconds in row.seconds)) for row in rows),
        ),
        ratios=f"{', '.join(ratios[:-1])} and {ratios[-1]}",
        counts=format_table(
            ("Tool", "Version", "Right", "Right, but changed", "Not right"),
            (
                (
                    row.name,
                    f"`{row.versions}`" if row.versions else "as it stands",
                    str(len(row.right)),
                    _format_numbers(row.changed),
                    _format_numbers(row.wrong),
                )
                for row in rows
            ),
            numbers=False,
        ),
        changes=_render_changes(rows),
    )


def _render_changes(rows: Sequence[Row]) -> str:
    """Return a table of the changes, each with the tools that need it."""
    tools: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        blocks: dict[str, list[int]] = {}
        for number, reason in row.reasons:
            blocks.setdefault(reason, []).append(number)
        for reason, numbers in blocks.items():
            tools.setdefault((_join_numbers(numbers), reason), []).append(row.name)
        if row.other_change:
            tools.setdefault(("none", row.other_change), []).append(row.name)
    if not tools:
        return ""
    needed = ((numbers, reason, "; ".join(names)) for (numbers, reason), names in tools.items())
    return _CHANGES.format(table=format_table(("Blocks", "Change", "Tools"), needed, numbers=False))


def _format_numbers(numbers: Sequence[int]) -> str:
    """Return the count and the numbers, such as "3: 2, 7, 8"."""
    return f"{len(numbers)}: {_join_numbers(numbers)}" if numbers else "0"


def _join_numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
