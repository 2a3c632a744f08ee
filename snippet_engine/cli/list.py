"""The command `snippets list`: list all snippets with their states."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace

from rich.text import Text

from snippet_engine.cli.common import (
    EXIT_MISMATCH,
    EXIT_OK,
    CommandError,
    Subparsers,
    add_command,
    add_json_option,
    add_python_option,
    complete_with,
    list_used_chapters,
    print_error,
    print_json,
)
from snippet_engine.errors import SnippetError
from snippet_engine.humanize import pluralise
from snippet_engine.project.placement import find_misplaced, find_unknown_names
from snippet_engine.project.progress import print_progress
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_all import run_snippets
from snippet_engine.project.run_cache import open_run_cache
from snippet_engine.project.status import STATES, SnippetStatus, State, StatusStore
from snippet_engine.rendering.terminal import Terminal
from snippet_engine.snippet.model import Snippet

_DETAILS = """
Without --run no snippet is run. The states:

{states}

They are derived from the runs cached by `snippets run`, `snippets list --run` and
builds of the site; a build caches only runs that agree. Faults are reported on
standard error. The exit status is 1 if a snippet differs, was never recorded, is
broken or is misplaced.
"""
_WRONG_STATES = ("differs", "never-recorded", "broken")
_COLOURS: dict[State, str] = {
    "agrees": "green",
    "differs": "red",
    "stale": "yellow",
    "never-recorded": "magenta",
    "broken": "red",
    "other-python": "dim",
}


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    snippet: Snippet | None
    path: str
    status: SnippetStatus

    @property
    def is_wrong(self) -> bool:
        """Return True if the snippet needs a fix, or is stale because its run failed."""
        state = self.status.state
        return state in _WRONG_STATES or (state == "stale" and bool(self.status.reason))


def add(commands: Subparsers) -> None:
    """Add `snippets list` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "list",
        _list,
        "list all snippets with their states",
        _DETAILS.format(
            states="\n".join(f"  {state:<15} {text}" for state, text in STATES.items())
        ),
        """
        snippets list
        snippets list threads --run
        snippets list --state stale --json | jq -r '.[].name'
        """,
    )
    chapter = parser.add_argument(
        "chapter", nargs="?", metavar="CHAPTER", help="list only this chapter"
    )
    complete_with(chapter, list_used_chapters)
    parser.add_argument("--run", action="store_true", help="run stale snippets first, concurrently")
    parser.add_argument(
        "--state", choices=[*STATES], metavar="STATE", action="append", help="list only this state"
    )
    add_json_option(parser, "name, state, title, path and fault of each snippet")
    add_python_option(parser)


def _list(options: argparse.Namespace) -> int:
    cache = open_run_cache(options.root)
    runs = ProjectRuns(
        Project(options.root), python=options.python, cache=cache, report=print_progress
    )
    rows = _rows(StatusStore(runs, cache), options.chapter, options.run)
    shown = [row for row in rows if not options.state or row.status.state in options.state]
    if options.json:
        print_json([_row_to_json(row) for row in shown])
    else:
        _print_rows(shown)
    faults = []
    if not options.chapter:
        faults = sorted([*find_misplaced(options.root), *find_unknown_names(options.root)])
    for fault in faults:
        print_error(fault)
    reported = {str(fault.path) for fault in faults}
    wrong = [row for row in shown if row.is_wrong]
    for row in wrong:
        if row.path not in reported:
            print_error(f"{row.path}: {row.status.reason}")
    return EXIT_MISMATCH if wrong or faults else EXIT_OK


def _rows(store: StatusStore, chapter: str | None, run: bool) -> list[_Row]:
    """Return a row for each snippet of `chapter`; None means all chapters.

    If `run`, stale snippets are run first. Raise CommandError if the chapter has no snippets.
    """
    known = {name.partition("/")[0] for name in store.project.names()}
    if chapter and chapter not in known:
        raise CommandError(
            f"no snippets in {chapter!r}: expected one of {', '.join(sorted(known))}"
        )
    names = [name for name in store.project.names() if chapter in (None, name.partition("/")[0])]
    rows = _build_rows(store, names)
    if not run:
        return rows
    stale = [row.name for row in rows if row.status.state == "stale"]
    failed = {}
    for result in run_snippets(store.runs, stale):
        if result.run:
            store.store(store.project.read(result.name), result.run)
        else:
            failed[result.name] = SnippetStatus("stale", result.error)
    rows = _build_rows(store, names)
    return [replace(row, status=failed.get(row.name, row.status)) for row in rows]


def _build_rows(store: StatusStore, names: list[str]) -> list[_Row]:
    rows = []
    for name in names:
        path = store.project.path(name).relative_to(store.project.root).as_posix()
        snippet = None
        try:
            snippet = store.project.read(name)
            status = store.status(snippet)
        except SnippetError as error:
            status = SnippetStatus("broken", str(error).removeprefix(f"{path}:"))
        rows.append(_Row(name, snippet, path, status))
    return rows


def _row_to_json(row: _Row) -> dict[str, object]:
    title = row.snippet.title if row.snippet else None
    facts = {"name": row.name, "state": row.status.state, "title": title, "path": row.path}
    return {**facts, "why": row.status.reason or None}


def _print_rows(rows: list[_Row]) -> None:
    terminal = Terminal()
    column = max((len(row.name) for row in rows), default=0)
    for row in rows:
        line = Text.assemble(
            (f"{row.status.state:<15}", _COLOURS[row.status.state]),
            f"{row.name:<{column}}  ",
            (row.snippet.title if row.snippet else "", "dim"),
        )
        if terminal.is_terminal:
            line.truncate(terminal.width, overflow="ellipsis")
        terminal.print(line, soft_wrap=True)
    if terminal.is_terminal:
        numbers = Counter(row.status.state for row in rows)
        counts = [f"{numbers[state]} {state}" for state in STATES if numbers[state]]
        summary = f"{pluralise(len(rows), 'snippet')}: {', '.join(counts) or 'none'}"
        terminal.print(summary, style="bold", soft_wrap=True)
