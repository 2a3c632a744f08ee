"""Parts of the page with the results."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from snippet_engine.execution import sandbox
from snippet_engine.execution.cores import count_cores


@dataclass(frozen=True, slots=True)
class Row:
    """The seconds of a build, its ratio to the expected time, and the bound of that ratio."""

    name: str
    seconds: float
    ratio: str = ""
    bound: str = ""


def format_ratio(number: float, base: float) -> str:
    """Return `number` / `base`, such as "1.04"."""
    return f"{number / base:.2f}"


def format_table(
    heads: Iterable[str], rows: Iterable[Iterable[object]], *, numbers: bool = True
) -> str:
    """Return a Markdown table in its own `div`; if `numbers`, align all but the first column."""
    heads = list(heads)
    rule = " ---: |" if numbers else " --- |"
    lines = [f"| {' | '.join(heads)} |", f"| --- |{rule * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join(["<div markdown>", "", *lines, "", "</div>"])


def describe_machine() -> str:
    """Return a sentence about date, Python and hardware."""
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y} with Python {platform.python_version()}, "
        f"{count_cores()} cores of `{_processor()}`, {platform.system()}, "
        f"programs {'with' if sandbox.is_enabled() else 'without'} a sandbox."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = (line.partition(":")[2] for line in file if line.startswith("model name"))
            return next(names, platform.machine()).strip() or platform.machine()
    except OSError:
        return platform.processor() or platform.machine()
