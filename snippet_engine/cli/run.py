"""The command `snippets run`: run snippets and compare them with their recordings."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from snippet_engine.checking.check import check_run
from snippet_engine.cli import run_all
from snippet_engine.cli.common import (
    EXIT_BROKEN_PIPE,
    EXIT_MISMATCH,
    EXIT_OK,
    CommandError,
    Subparsers,
    add_command,
    add_json_option,
    add_name_argument,
    add_python_option,
    load_snippet,
    print_error,
    resolve_file,
)
from snippet_engine.cli.drafts import suggest_move
from snippet_engine.cli.watch import RunProcess, start_command, watch
from snippet_engine.execution.runner import execute
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import open_run_cache
from snippet_engine.project.status import StatusStore
from snippet_engine.rendering.terminal import Terminal, print_run


def add(commands: Subparsers) -> None:
    """Add `snippets run` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "run",
        _run,
        "run one snippet and show its output, with times, writers and a timeline",
        """
        The program runs in its own process. In the timeline, a row is a process, thread or
        task, and a column is a span of time. Below it is each printed line with its time and
        worker; ! marks standard error.

        The run is compared with the recording in the file. A difference is reported on
        standard error with a hint, and the exit status is 1. With --watch, a save stops the
        current run and starts the next.
        """,
        """
        snippets run threads/thread-pool
        snippets run threads/thread-pool --watch
        snippets run ./draft.py --python python3.13
        snippets run threads/thread-pool --json | jq .seconds
        snippets run --all --shard 2/8 --into runs
        """,
    )
    add_name_argument(
        parser, "NAME-OR-FILE", nargs="?", help="threads/thread-pool, or a .py or .zsh file"
    )
    parser.add_argument(
        "-w", "--watch", action="store_true", help="run again at each save, until Ctrl-C"
    )
    add_json_option(parser, "the whole run, on one line,")
    add_python_option(parser)
    run_all.add(parser)


def _run(options: argparse.Namespace) -> int:
    if options.all == bool(options.name):
        raise CommandError("expected one snippet or --all")
    if not options.all and (options.shard or options.into):
        raise CommandError("--shard and --into require --all")
    if options.all and options.watch:
        raise CommandError("--watch requires one snippet")
    if options.all:
        return run_all.run_all(options)
    if not options.watch:
        return _run_once(options)
    return _watch(options)


def _watch(options: argparse.Namespace) -> int:
    """Run the snippet again after each save of its file, until interrupted.

    Each run is this command without `--watch`, in a child process.
    """
    terminal = Terminal()
    path, _ = resolve_file(Project(options.root), options.name)
    arguments = ["run", options.name, "--python", options.python, *["--json"] * options.json]

    def start() -> RunProcess:
        if not options.json:
            terminal.clear()
        sys.stdout.flush()
        return start_command(options.root, arguments)

    def end(status: int) -> None:
        if status == EXIT_BROKEN_PIPE:  # standard output is closed
            raise BrokenPipeError
        if not options.json:
            message = f"Watching {options.name}; press Ctrl-C to stop."
            terminal.print(message if terminal.is_terminal else f"{message}\n", style="dim")
        sys.stdout.flush()

    watch(path, start, end)
    return EXIT_OK


def _run_once(options: argparse.Namespace) -> int:
    project = Project(options.root)
    cache = open_run_cache(options.root)
    runs = ProjectRuns(project, python=options.python, cache=cache)
    path, own_name = resolve_file(project, options.name)
    snippet, _ = load_snippet(project, options.name)
    terminal = Terminal()
    with _show_spinner(options, snippet.name):
        run = execute(snippet, python=options.python)
        if own_name:
            StatusStore(runs, cache).store(snippet, run)
        wrong = check_run(snippet, run, runs.run_of)
    if options.json:
        print(run.to_json())
    else:
        print_run(snippet, run, terminal)
        if not wrong:
            terminal.print("The run agrees with its recording.", style="green")
    sys.stdout.flush()
    if wrong:
        print_error(
            f"{snippet.path}: {wrong if own_name else suggest_move(wrong, path, options.root)}"
        )
        return EXIT_MISMATCH
    return EXIT_OK


def _show_spinner(options: argparse.Namespace, name: str) -> AbstractContextManager[object]:
    """Return a context manager that shows a spinner while a program runs.

    It shows nothing with `--json` or if the output is not a terminal.
    """
    if options.json or not sys.stdout.isatty() or not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(f"running {name}")
