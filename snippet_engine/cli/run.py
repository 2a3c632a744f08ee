"""The command `snippets run`: run snippets and compare them with their recordings."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from snippet_engine.checking.check import check_run
from snippet_engine.cli import run_all as everything
from snippet_engine.cli.common import (
    UNREAD,
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
from snippet_engine.cli.drafts import with_move
from snippet_engine.cli.watch import Run, start_command, watch
from snippet_engine.execution.runner import execute
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import memory_of
from snippet_engine.project.status import Remembered
from snippet_engine.rendering.terminal import Terminal, print_run


def add(commands: Commands) -> None:
    """Add `snippets run` to the subparsers `commands`."""
    parser = command(
        commands,
        "run",
        _run,
        "run one snippet and show its output, with times, writers and a timeline",
        """
        Each run is really made, in its own process. In the timeline a row is a process, a
        thread or a task, and a column is a span of time. Under it is each line that was
        printed: when, by which worker, with a ! where it went to standard error.

        The run is compared with the recording in the file. Where they differ, what
        differs and what to do is reported on standard error, and the exit status is 1.
        With --watch a save ends the run under way and starts the next.
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
    return _watch(options)


def _watch(options: argparse.Namespace) -> int:
    """Run the snippet again after each save of its file, until interrupted.

    Each run is this command without `--watch`, in a child process.
    """
    terminal = Terminal()
    path, _ = file_of(Library(options.root), options.name)
    arguments = ["run", options.name, "--python", options.python, *["--json"] * options.json]

    def start() -> Run:
        if not options.json:
            terminal.clear()
        sys.stdout.flush()
        return start_command(options.root, arguments)

    def end(status: int) -> None:
        if status == UNREAD:  # the reader of the pipe has exited
            raise BrokenPipeError
        if not options.json:
            said = f"Watching {options.name}; Ctrl-C ends it."
            terminal.print(said if terminal.is_terminal else f"{said}\n", style="dim")
        sys.stdout.flush()

    watch(path, start, end)
    return WELL


def _once(options: argparse.Namespace) -> int:
    memory = memory_of(options.root)
    library = Library(options.root, python=options.python, memory=memory, eager=False)
    remembered = Remembered(library, memory)
    path, own = file_of(library, options.name)
    snippet, _ = snippet_of(library, options.name)
    terminal = Terminal()
    with _waiting(options, snippet.name):
        run = execute(snippet, python=options.python)
        if own:
            remembered.keep(snippet, run)
        wrong = check_run(snippet, run, library.run_of)
    if options.json:
        print(run.to_json())
    else:
        print_run(snippet, run, terminal)
        if not wrong:
            terminal.print("It agrees with its recording.", style="green")
    sys.stdout.flush()
    if wrong:
        complain(f"{snippet.path}: {wrong if own else with_move(wrong, path, options.root)}")
        return WRONG
    return WELL


def _waiting(options: argparse.Namespace, name: str) -> AbstractContextManager[object]:
    """Return a context manager that shows a spinner while a program runs.

    It shows nothing with `--json` or if the output is not a terminal.
    """
    if options.json or not sys.stdout.isatty() or not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(f"running {name}")
