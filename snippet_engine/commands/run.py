"""`snippets run`: run one snippet, show what it did, and say whether that is what is recorded."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from ..execution import execute
from ..library import Library
from ..matching import disagreement
from ..memory import memory_of
from ..states import Remembered
from ..terminal import Terminal, show_run
from . import everything
from .common import (
    EXPECTED,
    WELL,
    WRONG,
    CommandError,
    Commands,
    command,
    complain,
    file_of,
    json_option,
    name_argument,
    python_option,
    snippet_of,
)
from .watching import watch


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "run",
        _run,
        "run one snippet and show its output, with times, writers and a timeline",
        """
        Each run is really made, in a process of its own. In the timeline a row is a
        process, a thread or a task, and a column is a stretch of time. Under it is each
        line that was printed: when, by whom, with a ! where it went to standard error.

        The run is compared with the recording in the file. Where they differ, what
        differs and what to do is told on standard error, and the exit status is 1.
        """,
        """
        snippets run threads/thread-pool
        snippets run threads/thread-pool --watch
        snippets run ./draft.py --python python3.13
        snippets run threads/thread-pool --json | jq .seconds
        snippets run --all --shard 2/8 --into runs
        """,
    )
    name_argument(
        parser, "NAME-OR-FILE", nargs="?", help="threads/thread-pool, or a .py or .zsh file"
    )
    parser.add_argument(
        "-w", "--watch", action="store_true", help="run it again at each save, until Ctrl-C"
    )
    json_option(parser, "the whole run, on one line,")
    python_option(parser)
    everything.add(parser)


def _run(options: argparse.Namespace) -> int:
    if options.all == bool(options.name):
        raise CommandError("name one snippet, or say --all")
    if not options.all and (options.shard or options.into):
        raise CommandError("--shard and --into go with --all")
    if options.all and options.watch:
        raise CommandError("--watch goes with one snippet")
    if options.all:
        return everything.run_all(options)
    if not options.watch:
        return _once(options)
    terminal = Terminal()
    path, _ = file_of(Library(options.root), options.name)

    def again() -> None:
        if not options.json:
            terminal.clear()
        try:
            _once(options)
        except BrokenPipeError:  # nobody looks on any more
            raise
        except EXPECTED as error:
            complain(error)
        if not options.json:
            said = f"Watching {options.name}; Ctrl-C ends it."
            terminal.print(said if terminal.is_terminal else f"{said}\n", style="dim")
        sys.stdout.flush()

    watch(path, again)
    return WELL


def _once(options: argparse.Namespace) -> int:
    memory = memory_of(options.root)
    library = Library(options.root, python=options.python, memory=memory, eager=False)
    remembered = Remembered(library, memory)
    snippet, ours = snippet_of(library, options.name)
    terminal = Terminal()
    with _waiting(options, snippet.name):
        run = execute(snippet, python=options.python)
        if ours:
            remembered.keep(snippet, run)
        wrong = disagreement(snippet, run, library.run_of)
    if options.json:
        print(run.to_json())
    else:
        show_run(snippet, run, terminal)
        if not wrong:
            terminal.print("It agrees with its recording.", style="green")
    sys.stdout.flush()
    if wrong:
        complain(f"{snippet.path}: {wrong}")
        return WRONG
    return WELL


def _waiting(options: argparse.Namespace, name: str) -> AbstractContextManager[object]:
    """Something that moves while a program runs, for who looks on."""
    if options.json or not sys.stdout.isatty() or not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(f"running {name}")
