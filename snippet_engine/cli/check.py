"""The command `snippets check`: check programs and pages without running them."""

from __future__ import annotations

import argparse
from pathlib import Path, PurePosixPath

from snippet_engine.cli.common import (
    EXIT_MISMATCH,
    EXIT_OK,
    CommandError,
    Subparsers,
    add_command,
    add_json_option,
    complete_with,
    list_names,
    print_error,
    print_json,
    resolve_file,
)
from snippet_engine.project.lint import LintError
from snippet_engine.project.project_check import Length, ProjectCheck, find_missing_tools


def add(commands: Subparsers) -> None:
    """Add `snippets check` to the subparsers `commands`."""
    parser = add_command(
        commands,
        "check",
        _check,
        "check programs and pages without running them",
        """
        Each fault is printed on one line with file, line and hint. Programs are checked for
        metadata, name and chapter, lint, imports and dependencies, line width, recordings
        and counts of outcomes. Pages are checked for fences, notes, measured numbers, typed
        times, spelling, length of sentences and chapters, and how a chapter begins and ends.
        With names or files, only their faults are reported. The exit status is 1 if there
        is a fault.
        """,
        """
        snippets check
        snippets check threads/my-idea docs/threads.md
        snippets check --json | jq -r '.[].path'
        """,
    )
    argument = parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME-OR-FILE",
        help="a snippet, a file in snippets/ or docs/, or a draft elsewhere",
    )
    complete_with(argument, list_names)
    add_json_option(parser, "the faults")


def _check(options: argparse.Namespace) -> int:
    check = ProjectCheck(options.root)
    paths = {_resolve_path(check, name) for name in options.names} or None
    try:
        faults = check.find_faults(paths)
    except LintError as error:
        raise CommandError(str(error)) from None
    for message in find_missing_tools():
        print_error(message)
    if options.json:
        print_json(
            [
                {"path": str(fault.path), "line": fault.line, "message": fault.message}
                for fault in faults
            ]
        )
        return EXIT_MISMATCH if faults else EXIT_OK
    for fault in faults:
        print(fault)
    if paths is None:
        print(*map(_format_length, check.measure_lengths()), sep="\n")
    if not faults:
        print("No faults found.")
    return EXIT_MISMATCH if faults else EXIT_OK


def _format_length(length: Length) -> str:
    programs = f"{length.programs:>3} program{'s' if length.programs > 1 else ''}"
    return f"{length.chapter:<16}{length.words:>6} of at most {length.most} words, {programs}"


def _resolve_path(check: ProjectCheck, name: str) -> PurePosixPath:
    """Return the path, relative to the root, of a snippet's name or a file.

    A snippet file outside `snippets` is added to the check, and its path is absolute. Raise
    CommandError if there is no such snippet.
    """
    root = check.root.resolve()
    for path in (Path(name).resolve(), Path(root, name).resolve()):
        if path.is_file() and path.is_relative_to(root):
            relative = PurePosixPath(path.relative_to(root).as_posix())
            if relative.parts[0] in ("snippets", "docs"):
                return relative
    file, own_name = resolve_file(check.project, name)
    if own_name is None:
        check.add_draft(file.resolve())
        return PurePosixPath(file.resolve().as_posix())
    return PurePosixPath(file.relative_to(check.root).as_posix())
