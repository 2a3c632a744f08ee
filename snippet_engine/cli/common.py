"""Parsers, arguments, output and exit statuses of all commands."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.project.navigation import read_page_titles
from snippet_engine.project.placement import explain_unknown_name
from snippet_engine.project.project import Project
from snippet_engine.snippet.model import LANGUAGES, Snippet
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import read_source

EXIT_OK, EXIT_MISMATCH, EXIT_ERROR = 0, 1, 2
EXIT_INTERRUPTED, EXIT_BROKEN_PIPE = 130, 141  # a shell's statuses for SIGINT and SIGPIPE
EXIT_STATUSES = """\
0  success
1  check failed
2  usage or execution error
130, 141  interrupted by Ctrl-C; broken pipe"""

Subparsers = Any  # argparse has no public name for what add_subparsers returns
Handler = Callable[[argparse.Namespace], int]


class CommandError(ValueError):
    """Error for a command that cannot run; the message is one line with a remedy."""


# Errors that are printed as one line, without a traceback.
EXPECTED_ERRORS = (CommandError, SnippetError, ExecutionError, OSError)


def add_command(
    commands: Subparsers, name: str, handler: Handler, summary: str, details: str, examples: str
) -> argparse.ArgumentParser:
    """Add the command `name` to `commands` and return its parser.

    `handler` receives the options, including `root`, and returns the exit status. The help
    consists of `summary` (one phrase), `details` and `examples`.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{dedent(details).strip()}",
        epilog=f"examples:\n{_indented(dedent(examples).strip())}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=handler)
    return parser


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def add_json_option(parser: argparse.ArgumentParser, data: str) -> None:
    """Add the option `--json`; `data` describes the printed data in its help."""
    parser.add_argument("--json", action="store_true", help=f"print {data} as JSON")


def add_python_option(parser: argparse.ArgumentParser) -> None:
    """Add the option `--python`, the interpreter that runs the programs."""
    parser.add_argument(
        "--python",
        metavar="PY",
        default=sys.executable,
        help="the Python interpreter to run it with: a path, or a name on PATH",
    )


def complete_with(
    action: argparse.Action, choices: Callable[[Path], Iterable[str]]
) -> argparse.Action:
    """Let the shell complete an argument with `choices(root)`; return `action`."""

    def completer(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
        return list(choices(parsed_args.root))

    action.completer = completer  # type: ignore[attr-defined] # as argcomplete wants it
    return action


def add_name_argument(
    parser: argparse.ArgumentParser, metavar: str = "NAME", **options: Any
) -> None:
    """Add the argument `name`, a snippet's name, with shell completion.

    `options` are passed to `add_argument`.
    """
    complete_with(parser.add_argument("name", metavar=metavar, **options), list_names)


def list_names(root: Path) -> list[str]:
    """Return the names of all snippets of the project in `root`."""
    return Project(root).names()


def list_used_chapters(root: Path) -> list[str]:
    """Return the chapters that have programs, in the order of the navigation."""
    used = {name.partition("/")[0] for name in list_names(root)}
    return [chapter for chapter in read_page_titles(root) if chapter in used]


def resolve_file(project: Project, name: str) -> tuple[Path, str | None]:
    """Return the file of a snippet and its name, for a name or path `name`.

    The returned name is None for a file outside the project's `snippets` folder. Raise
    CommandError if there is no such snippet.
    """
    path = Path(name)
    if path.suffix in LANGUAGES:
        folder = (project.root / "snippets").resolve()
        if path.resolve().is_relative_to(folder):
            name = path.resolve().relative_to(folder).with_suffix("").as_posix()
        elif path.is_file():
            return path, None
        else:
            name = name.removesuffix(path.suffix)
    known = project.names()
    if name not in known:
        raise CommandError(explain_unknown_name(name, known))
    return project.path(name), name


def load_snippet(project: Project, name: str) -> tuple[Snippet, bool]:
    """Return the snippet for a name or path, and True if it belongs to the project.

    Raise CommandError if there is no such snippet, and SnippetError if its file is invalid.
    """
    path, own_name = resolve_file(project, name)
    if own_name:
        return project.read(own_name), True
    return parse_snippet(read_source(path, path), path, path.stem), False


def print_json(data: object) -> None:
    """Print `data` as indented JSON on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def print_error(message: object) -> None:
    """Print an error message on standard error."""
    print(f"snippets: {message}", file=sys.stderr)
