"""A run in a terminal: its caption, timeline, output and facts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console
from rich.text import Text

from snippet_engine.humanize import format_duration
from snippet_engine.rendering.summary import summarise_run
from snippet_engine.rendering.timeline_text import (
    ASCII_MARKS,
    UNICODE_MARKS,
    assign_colours,
    fit_name,
    render_text_timeline,
)
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

# In columns. A wider timeline would show no more detail.
MAX_WIDTH = 120
MAX_NAME_WIDTH = 16
MIN_TEXT_WIDTH = 20


class Terminal(Console):
    """A rich console that raises BrokenPipeError if the reader of its pipe has exited.

    Rich detects width and colours: there are no colours in a pipe or with NO_COLOR
    (https://rich.readthedocs.io/en/stable/console.html#environment-variables).
    """

    def __init__(self, file: TextIO | None = None) -> None:
        super().__init__(file=file, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError again, instead of exiting as rich does by default."""
        self.quiet = True
        error = sys.exc_info()[1]
        assert error
        raise error


def print_run(snippet: Snippet, run: Run, terminal: Terminal) -> None:
    """Print the title, caption, timeline, output and facts of `run`."""
    width = min(terminal.width, MAX_WIDTH)
    terminal.print(Text(snippet.title, "bold"), soft_wrap=True)
    if run.workers:
        terminal.print(Text(summarise_run(run)), soft_wrap=True)
    terminal.print()
    marks = ASCII_MARKS if terminal.options.ascii_only else UNICODE_MARKS
    timeline = render_text_timeline(run, width, marks)
    for row in [*timeline, Text()] if timeline else []:
        terminal.print(row, soft_wrap=True)
    for row in _render_output(run, terminal, width):
        terminal.print(row, soft_wrap=True)
    terminal.print(Text(_format_facts(run), "dim"), soft_wrap=True)


def _render_output(run: Run, terminal: Terminal, width: int) -> Iterator[Text]:
    """Yield each line with its time, its worker, and `!` if written to standard error.

    Long lines are wrapped in a terminal, with the continuation indented, but not in a pipe.
    """
    if not run.lines:
        yield Text("It prints nothing.", "dim")
        return
    names = {worker.id: worker.name for worker in run.workers}
    colours = assign_colours(run.workers)
    name_width = min(max(map(len, names.values()), default=0), MAX_NAME_WIDTH, width // 4)
    for line in run.lines:
        worker = line.worker or ""
        start = Text.assemble(
            (f"{format_duration(line.at, run.seconds):>8} ", "dim"),
            (fit_name(names.get(worker, ""), name_width), colours.get(worker, "")),
            (" ! ", "bold red") if line.stream == "stderr" else "   ",
        )
        text_width = width - start.cell_len
        if not terminal.is_terminal or text_width < MIN_TEXT_WIDTH:
            yield start + Text(line.text)
            continue
        parts = Text(line.text).wrap(terminal, text_width, overflow="fold")
        yield start + Text("\n" + " " * start.cell_len).join(parts)


def _format_facts(run: Run) -> str:
    """Return the measurements of `run` in one line.

    Example: `1.07 s, 0.11 s of CPU, 31 MiB, exit 0, Python 3.11.7`.
    """
    used = f"{run.seconds:.2f} s, {run.cpu_seconds:.2f} s of CPU, {run.peak_memory >> 20} MiB"
    return f"{used}, {run.ending}, Python {run.provenance.python}"
