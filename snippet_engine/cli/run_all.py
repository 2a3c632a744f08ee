"""The option `--all` of `snippets run`: run all snippets, or one shard of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from snippet_engine.cli.common import EXIT_MISMATCH, EXIT_OK, CommandError, print_error
from snippet_engine.humanize import format_duration
from snippet_engine.project.progress import print_progress
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_all import RunResult, Shard, run_snippets
from snippet_engine.project.run_cache import RunCache, open_run_cache


def add(parser: argparse.ArgumentParser) -> None:
    """Add `--all`, `--shard` and `--into` to the parser of `snippets run`."""
    group = parser.add_argument_group("all snippets, instead of NAME-OR-FILE")
    group.add_argument("--all", action="store_true", help="run all snippets without a cached run")
    group.add_argument(
        "--shard",
        metavar="I/N",
        help="run only shard I of N, e.g. 2/8; shards take about the same time",
    )
    group.add_argument(
        "--into",
        metavar="FOLDER",
        type=Path,
        help="the run cache for runs that agree; default: .cache/runs. "
        "A build with SNIPPETS_MEMORY=FOLDER uses it",
    )


def run_all(options: argparse.Namespace) -> int:
    """Run the snippets of a shard, print a line for each, return the exit status.

    Errors are printed on standard error. Raise CommandError if the shard is invalid.
    """
    try:
        shard = Shard.parse(options.shard or "1/1")
    except ValueError as error:
        raise CommandError(str(error)) from None
    project = Project(options.root)
    cache = RunCache(options.into.absolute()) if options.into else open_run_cache(options.root)
    runs = ProjectRuns(project, python=options.python, cache=cache, report=print_progress)
    failed = False
    for result in run_snippets(runs, shard.names(project)):
        print(_format_json(result) if options.json else _format_text(result), flush=True)
        if result.error:
            print_error(result.error)
            failed = True
    return EXIT_MISMATCH if failed else EXIT_OK


def _format_json(result: RunResult) -> str:
    run = result.run
    facts = {"ending": run.ending, "seconds": run.seconds} if run else {"ending": None}
    return json.dumps({"name": result.name, **facts, "wrong": result.error}, ensure_ascii=False)


def _format_text(result: RunResult) -> str:
    run = result.run
    facts = f"{format_duration(run.seconds):>8}  {run.ending}" if run else "       –  not run"
    return f"{facts:<28} {result.name}"
