"""The command `snippets sample`: count and record the outcomes of a racy snippet."""

from __future__ import annotations

import argparse
from pathlib import Path

from snippet_engine.cli.common import (
    WELL,
    WRONG,
    Commands,
    command,
    complain,
    completed_by,
    file_of,
    json_option,
    names,
    print_json,
    python_option,
    snippet_of,
)
from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Library
from snippet_engine.project.sampling import UndeclaredOutcome, sampled, with_sample
from snippet_engine.snippet.snippet_file import SnippetPath
from snippet_engine.snippet.versions import get_feature_version


def add(commands: Commands) -> None:
    """Add `snippets sample` to the subparsers `commands`."""
    parser = command(
        commands,
        "sample",
        _sample,
        "run a racy snippet many times, count its outcomes and record the counts",
        """
        Its head declares the possible outcomes, under [[tool.snippet.outcomes]]. The counts
        are written into its file, below the recording, and shown on its page. A run with
        another outcome is reported, the exit status is 1 and nothing is written. Counts of
        more runs are kept: --force replaces them.
        """,
        """
        snippets sample locks/two-locks
        snippets sample locks/two-locks --runs 500 --json
        """,
    )
    completed_by(parser.add_argument("name", metavar="NAME", help="locks/two-locks"), _racy)
    parser.add_argument("--runs", type=_runs, metavar="N", default=200, help="200 if not said")
    parser.add_argument(
        "--force", action="store_true", help="write the counts even if the file has those of more"
    )
    json_option(parser, "the counts, and whether they were written,")
    python_option(parser)


def _sample(options: argparse.Namespace) -> int:
    library = Library(options.root)
    path, _ = file_of(library, options.name)
    snippet, _ = snippet_of(library, options.name)
    if not snippet.outcomes:
        message = "it declares no outcomes: add [[tool.snippet.outcomes]] to its head"
        raise SnippetError(snippet.path, 1, message)
    try:
        sample = sampled(snippet, options.runs, python=options.python)
    except UndeclaredOutcome as error:
        complain(error)
        return WRONG
    old = snippet.find_sample(get_feature_version(sample.python))
    keeps = old is not None and old.runs > sample.runs and not options.force
    if not keeps:
        SnippetPath(path).write_text(with_sample(snippet, sample).text)
    if options.json:
        counts = dict(sample.counts)
        facts = {"runs": sample.runs, "python": sample.python, "cores": sample.cores}
        print_json({"name": snippet.name, **facts, "counts": counts, "written": not keeps})
    else:
        print(sample, end="")
    if keeps and old:
        what = f"{snippet.path}: it keeps its counts of {old.runs} runs, more than {sample.runs}"
        complain(f"{what}; --force replaces them")
    return WELL


def _runs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _racy(root: Path) -> list[str]:
    """Return the names of the snippets that declare outcomes.

    The files are searched but not parsed, for fast shell completion.
    """
    library = Library(root)
    mark = "[[tool.snippet.outcomes]]"
    return [name for name in names(root) if mark in library.path(name).read_text(encoding="utf-8")]
