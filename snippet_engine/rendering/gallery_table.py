"""The table of the times of all programs, which a script makes sortable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from snippet_engine.checking.claims import MEASURES
from snippet_engine.humanize import format_duration, format_size
from snippet_engine.rendering.html import escaped
from snippet_engine.run import Run

# In a shorter run the interpreter's start dominates the CPU time, and so the cores used.
LONG_ENOUGH = 0.2  # seconds

# Heading: key of the measure, and the function that formats it.
COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "Time": ("seconds", format_duration),
    "CPU time": ("cpu-seconds", format_duration),
    "Cores used": ("cores-used", lambda number: f"{number:.2f}"),
    "Peak memory": ("memory", lambda number: format_size(int(number))),
    "Workers": ("workers", lambda number: f"{number:.0f}"),
}


def table(rows: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the table, with `rows` under its header."""
    heads = "".join(
        f'<th scope="col" data-column="{column}">{heading}</th>'
        for heading, column in (
            ("Program", "title"),
            *((heading, what) for heading, (what, _) in COLUMNS.items()),
        )
    )
    yield '<section class="gallery-times" aria-labelledby="gallery-times">'
    yield '<h2 id="gallery-times" data-search-exclude>Times</h2>'
    yield '<table class="gallery-table" aria-labelledby="gallery-times">'
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    yield from rows
    yield "</tbody>"
    yield "</table>"
    yield (
        "<p>CPU time is that of all processes together, the start of their interpreters too."
        " So how many cores a program used is told of runs that are long enough.</p>"
    )
    yield "</section>"


def row(name: str, title: str, href: str, run: Run | None) -> str:
    """Return the row of the program `name`, whose panel is at `href`.

    Its cells are dashes if `run` is None.
    """
    cells = "".join(_cell(heading, *how, run) for heading, how in COLUMNS.items())
    return (
        f'<tr data-snippet="{escaped(name)}">'
        f'<th scope="row"><a href="{escaped(href)}">{escaped(title)}</a></th>'
        f"{cells}</tr>"
    )


def _cell(heading: str, what: str, said: Callable[[float], str], run: Run | None) -> str:
    number = MEASURES[what](run) if run else 0
    short = what == "cores-used" and run and run.seconds < LONG_ENOUGH
    if not number or short:  # 0 means that it was not measured
        return "<td>–</td>"
    return f'<td data-value="{number:.6g}">{said(number)}</td>'
