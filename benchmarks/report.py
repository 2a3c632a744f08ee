"""What was measured, as a page of the site."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from snippet_engine.execution import sandbox
from snippet_engine.execution.cores import count_cores


@dataclass(frozen=True, slots=True)
class Row:
    """A build: its seconds, and its ratio to what it must be near, with the bound of that."""

    what: str
    seconds: float
    ratio: str = ""
    bound: str = ""


def ratio(number: float, base: float) -> str:
    """`1.04`."""
    return f"{number / base:.2f}"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], *, numbers: bool = True) -> str:
    """A table of Markdown, in a part of its own; all but its first column are `numbers`."""
    heads = list(heads)
    rule = " ---: |" if numbers else " --- |"
    lines = [f"| {' | '.join(heads)} |", f"| --- |{rule * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join(["<div markdown>", "", *lines, "", "</div>"])


def machine() -> str:
    """On what it was measured, in a sentence."""
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
