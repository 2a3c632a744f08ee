"""The times of all programs as a table, which a script makes sortable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from snippet_engine.checking.claims import MEASURES
from snippet_engine.humanize import duration, size
from snippet_engine.rendering.html import escaped
from snippet_engine.run import Run

# Of a shorter run the start of the interpreter is the greater part of the CPU time.
LONG_ENOUGH = 0.2  # seconds

# Heading, what is measured, and how it is said.
COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "Time": ("seconds", duration),
    "CPU time": ("cpu-seconds", duration),
    "Cores used": ("cores-used", lambda number: f"{number:.2f}"),
    "Peak memory": ("memory", lambda number: size(int(number))),
    "Workers": ("workers", lambda number: f"{number:.0f}"),
}


def table(rows: Iterable[str]) -> Iterator[str]:
    """The `rows` of all programs under what is told in them."""
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
    """What was measured of the program `name`, whose panel is at `href`."""
    cells = "".join(_cell(heading, *how, run) for heading, how in COLUMNS.items())
    return (
        f'<tr data-snippet="{escaped(name)}">'
        f'<th scope="row"><a href="{escaped(href)}">{escaped(title)}</a></th>'
        f"{cells}</tr>"
    )


def _cell(heading: str, what: str, said: Callable[[float], str], run: Run | None) -> str:
    number = MEASURES[what](run) if run else 0
    short = what == "cores-used" and run and run.seconds < LONG_ENOUGH
    if not number or short:  # nothing was measured where a number is nothing
        return "<td>–</td>"
    return f'<td data-value="{number:.6g}">{said(number)}</td>'
