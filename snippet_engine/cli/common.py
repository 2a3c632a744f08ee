"""Functions shared by the commands: parsers, arguments, output, exit statuses."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.project.navigation import chapters
from snippet_engine.project.placement import no_such
from snippet_engine.project.project import Library
from snippet_engine.snippet.model import LANGUAGES, Snippet
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import read_source

WELL, WRONG, FAILED = 0, 1, 2
INTERRUPTED, UNREAD = 130, 141  # a shell's statuses for SIGINT and SIGPIPE
STATUSES = """\
0  well
1  something differs from what is recorded, or breaks a rule
2  it could not be done: no such snippet, a head that cannot be read
130, 141  stopped by Ctrl-C; the reader of a pipe went away"""

Commands = Any  # argparse has no public name for what add_subparsers returns
CarryOut = Callable[[argparse.Namespace], int]


class CommandError(ValueError):
    """Error for a command that cannot run; the message is one line with a remedy."""


# Errors that are printed as one line, without a traceback.
EXPECTED = (CommandError, SnippetError, ExecutionError, OSError)


def command(
    commands: Commands, name: str, carry_out: CarryOut, does: str, teaches: str, examples: str
) -> argparse.ArgumentParser:
    """Add the command `name` to `commands` and return its parser.

    `carry_out` receives the options, including `root`, and returns the exit status. The help
    consists of `does` (one phrase), `teaches` (details) and `examples`.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.\n\n{dedent(teaches).strip()}",
        epilog=f"examples:\n{_indented(dedent(examples).strip())}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=carry_out)
    return parser


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def json_option(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the option `--json`; `what` names the printed data in its help."""
    parser.add_argument("--json", action="store_true", help=f"print {what} as JSON")


def python_option(parser: argparse.ArgumentParser) -> None:
    """Add the option `--python`, the interpreter that runs the programs."""
    parser.add_argument(
        "--python",
        metavar="PY",
        default=sys.executable,
        help="the interpreter that runs it: a path, or a name on PATH",
    )


def completed_by(
    action: argparse.Action, choices: Callable[[Path], Iterable[str]]
) -> argparse.Action:
    """Let the shell complete an argument with `choices(root)`; return `action`."""

    def completer(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
        return list(choices(parsed_args.root))

    action.completer = completer  # type: ignore[attr-defined] # as argcomplete wants it
    return action


def name_argument(parser: argparse.ArgumentParser, metavar: str = "NAME", **more: Any) -> None:
    """Add the argument `name`, a snippet's name, with shell completion.

    `more` is passed to `add_argument`.
    """
    completed_by(parser.add_argument("name", metavar=metavar, **more), names)


def names(root: Path) -> list[str]:
    """Return the names of all snippets of the project in `root`."""
    return Library(root).names()


def used_chapters(root: Path) -> list[str]:
    """Return the chapters that have programs, in the order of the navigation."""
    used = {name.partition("/")[0] for name in names(root)}
    return [chapter for chapter in chapters(root) if chapter in used]


def file_of(library: Library, name: str) -> tuple[Path, str | None]:
    """Return the file of a snippet and its name, for a name or path `name`.

    The returned name is None for a file outside the project's `snippets` folder. Raise
    CommandError if there is no such snippet.
    """
    path = Path(name)
    if path.suffix in LANGUAGES:
        folder = (library.root / "snippets").resolve()
        if path.resolve().is_relative_to(folder):
            name = path.resolve().relative_to(folder).with_suffix("").as_posix()
        elif path.is_file():
            return path, None
        else:
            name = name.removesuffix(path.suffix)
    known = library.names()
    if name not in known:
        raise CommandError(": ".join(no_such(name, known)))
    return library.path(name), name


def snippet_of(library: Library, name: str) -> tuple[Snippet, bool]:
    """Return the snippet for a name or path, and True if it belongs to the project.

    Raise CommandError if there is no such snippet, and SnippetError if its file is invalid.
    """
    path, own = file_of(library, name)
    if own:
        return library.read(own), True
    return parse_snippet(read_source(path, path), path, path.stem), False


def print_json(data: object) -> None:
    """Print `data` as indented JSON on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def complain(message: object) -> None:
    """Print an error message on standard error."""
    print(f"snippets: {message}", file=sys.stderr)
