"""The command `snippets sample`: count and record the outcomes of a racy snippet."""

from __future__ import annotations

import argparse
from pathlib import Path

from snippet_engine.cli.common import (
    EXIT_MISMATCH,
    EXIT_OK,
    Subparsers,
    add_command,
    add_json_option,
    add_python_option,
    complete_with,
    list_names,
    load_snippet,
    print_error,
    print_json,
    resolve_file,
)
from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Project
from snippet_engine.project.sampling import UndeclaredOutcome, replace_sample, sample_outcomes
from snippet_engine.snippet.snippet_file import SnippetPath
from snippet_engine.snippet.versions import get_feature_version


def add(commands: Subparsers) -> None:
    """Add `snippets sample` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "sample",
        _sample,
        "run a racy snippet many times, count its outcomes and record the counts",
        """
        The metadata declares the possible outcomes under [[tool.snippet.outcomes]]. The
        counts are written into the file, below the recording, and shown on the page. If a
        run has another outcome, it is reported, nothing is written, and the exit status is
        1. Counts of more runs are replaced only with --force.
        """,
        """
        snippets sample locks/two-locks
        snippets sample locks/two-locks --runs 500 --json
        """,
    )
    complete_with(
        parser.add_argument("name", metavar="NAME", help="locks/two-locks"), _list_racy_names
    )
    parser.add_argument(
        "--runs",
        type=_parse_runs,
        metavar="N",
        default=200,
        help="the number of runs; default: 200",
    )
    parser.add_argument("--force", action="store_true", help="replace counts of more runs")
    add_json_option(parser, "the counts, and whether they were written,")
    add_python_option(parser)


def _sample(options: argparse.Namespace) -> int:
    project = Project(options.root)
    path, _ = resolve_file(project, options.name)
    snippet, _ = load_snippet(project, options.name)
    if not snippet.outcomes:
        message = "no outcomes declared: add [[tool.snippet.outcomes]] to the metadata"
        raise SnippetError(snippet.path, 1, message)
    try:
        sample = sample_outcomes(snippet, options.runs, python=options.python)
    except UndeclaredOutcome as error:
        print_error(error)
        return EXIT_MISMATCH
    old = snippet.find_sample(get_feature_version(sample.python))
    is_unchanged = old is not None and old.runs > sample.runs and not options.force
    if not is_unchanged:
        SnippetPath(path).write_text(replace_sample(snippet, sample).text)
    if options.json:
        counts = dict(sample.counts)
        facts = {"runs": sample.runs, "python": sample.python, "cores": sample.cores}
        print_json({"name": snippet.name, **facts, "counts": counts, "written": not is_unchanged})
    else:
        print(sample, end="")
    if is_unchanged and old:
        message = f"counts of {old.runs} runs not replaced by counts of {sample.runs}"
        print_error(f"{snippet.path}: {message}; use --force to replace them")
    return EXIT_OK


def _parse_runs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _list_racy_names(root: Path) -> list[str]:
    """Return the names of the snippets that declare outcomes.

    The files are searched but not parsed, for fast shell completion.
    """
    project = Project(root)
    mark = "[[tool.snippet.outcomes]]"
    return [
        name for name in list_names(root) if mark in project.path(name).read_text(encoding="utf-8")
    ]
