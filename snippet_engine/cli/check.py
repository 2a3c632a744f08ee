"""The command `snippets check`: check programs and pages without running them."""

from __future__ import annotations

import argparse
from pathlib import Path, PurePosixPath

from snippet_engine.cli.common import (
    WELL,
    WRONG,
    CommandError,
    Commands,
    command,
    complain,
    completed_by,
    file_of,
    json_option,
    names,
    print_json,
)
from snippet_engine.project.lint import LintError
from snippet_engine.project.project_check import Length, ProjectCheck, missing_tools


def add(commands: Commands) -> None:
    """Add `snippets check` to the subparsers `commands`."""
    parser = command(
        commands,
        "check",
        _check,
        "report what the tests will refuse, in programs and in prose",
        """
        Nothing is run. What is wrong is one line: the file, the line, what to do. Programs
        are checked for their head, place and name, lint, imports and dependencies, width,
        recordings and counts of outcomes. Pages are checked for their fences, notes and
        measured numbers, typed times, spelling, the length of sentences and chapters, and
        how a chapter begins and ends. With names or files only what is wrong there is
        reported. The exit status is 1 if there is a fault.
        """,
        """
        snippets check
        snippets check threads/my-idea docs/threads.md
        snippets check --json | jq -r '.[].path'
        """,
    )
    chosen = parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME-OR-FILE",
        help="a snippet, a file of snippets/ or docs/, or a draft elsewhere",
    )
    completed_by(chosen, names)
    json_option(parser, "the list of faults")


def _check(options: argparse.Namespace) -> int:
    check = ProjectCheck(options.root)
    only = {_path_of(check, name) for name in options.names} or None
    try:
        faults = check.find_faults(only)
    except LintError as error:
        raise CommandError(str(error)) from None
    for missing in missing_tools():
        complain(missing)
    if options.json:
        print_json(
            [{"path": str(one.path), "line": one.line, "message": one.message} for one in faults]
        )
        return WRONG if faults else WELL
    for fault in faults:
        print(fault)
    if only is None:
        print(*map(_as_text, check.lengths()), sep="\n")
    if not faults:
        print("No fault was found.")
    return WRONG if faults else WELL


def _as_text(length: Length) -> str:
    programs = f"{length.programs:>3} program{'s' if length.programs > 1 else ''}"
    return f"{length.chapter:<16}{length.words:>6} of at most {length.most} words, {programs}"


def _path_of(check: ProjectCheck, name: str) -> PurePosixPath:
    """Return the path, relative to the root, of a snippet's name or a file.

    A snippet file outside `snippets` is added to the check, and its path is absolute. Raise
    CommandError if there is no such snippet.
    """
    root = check.root.resolve()
    for path in (Path(name).resolve(), Path(root, name).resolve()):
        if path.is_file() and path.is_relative_to(root):
            inside = PurePosixPath(path.relative_to(root).as_posix())
            if inside.parts[0] in ("snippets", "docs"):
                return inside
    found, own = file_of(check.library, name)
    if own is None:
        check.add_draft(found.resolve())
        return PurePosixPath(found.resolve().as_posix())
    return PurePosixPath(found.relative_to(check.root).as_posix())
