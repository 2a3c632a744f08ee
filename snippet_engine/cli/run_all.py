"""The option `--all` of `snippets run`: run all snippets, or one shard of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from snippet_engine.cli.common import WELL, WRONG, CommandError, complain
from snippet_engine.humanize import format_duration
from snippet_engine.project.progress import progress
from snippet_engine.project.project import Library
from snippet_engine.project.run_all import Result, Shard, results
from snippet_engine.project.run_cache import Memory, memory_of


def add(parser: argparse.ArgumentParser) -> None:
    """Add `--all`, `--shard` and `--into` to the parser of `snippets run`."""
    group = parser.add_argument_group("all snippets, instead of NAME-OR-FILE")
    group.add_argument("--all", action="store_true", help="run whatever has not been run as it is")
    group.add_argument(
        "--shard", metavar="I/N", help="of them, the Ith of N shares that last alike"
    )
    group.add_argument(
        "--into",
        metavar="FOLDER",
        type=Path,
        help="where runs that agree are left, named by their keys; .cache/runs if not said. "
        "A build with SNIPPETS_MEMORY=FOLDER takes them from there",
    )


def run_all(options: argparse.Namespace) -> int:
    """Run the snippets of a shard, print a line for each, return the exit status.

    Errors are printed on standard error. Raise CommandError if the shard is invalid.
    """
    try:
        share = Shard.parsed(options.shard or "1/1")
    except ValueError as error:
        raise CommandError(str(error)) from None
    memory = Memory(options.into.absolute()) if options.into else memory_of(options.root)
    library = Library(
        options.root, python=options.python, memory=memory, eager=False, report=progress
    )
    wrong = False
    for result in results(library, share.names(library)):
        print(_as_json(result) if options.json else _as_text(result), flush=True)
        if result.wrong:
            complain(result.wrong)
            wrong = True
    return WRONG if wrong else WELL


def _as_json(result: Result) -> str:
    run = result.run
    facts = {"ending": run.ending, "seconds": run.seconds} if run else {"ending": None}
    return json.dumps({"name": result.name, **facts, "wrong": result.wrong}, ensure_ascii=False)


def _as_text(result: Result) -> str:
    run = result.run
    said = f"{format_duration(run.seconds):>8}  {run.ending}" if run else "       –  not run"
    return f"{said:<28} {result.name}"
