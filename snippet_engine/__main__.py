# PYTHON_ARGCOMPLETE_OK
"""The command line program `snippets`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import argcomplete

from snippet_engine.cli import COMMANDS
from snippet_engine.cli.common import (
    EXIT_BROKEN_PIPE,
    EXIT_ERROR,
    EXIT_INTERRUPTED,
    EXIT_STATUSES,
    EXPECTED_ERRORS,
    print_error,
)

ROOT = Path(__file__).parent.parent

_EPILOG = f"""\
A snippet is one file, snippets/CHAPTER/NAME.py or .zsh, shown on docs/CHAPTER.md.
`snippets new` writes one and prints the next steps; `snippets COMMAND --help`
explains each command.

exit status:
{"".join(f"  {line}{os.linesep}" for line in EXIT_STATUSES.splitlines())}
To complete commands, options and names with Tab, run in your shell (zsh: after
compinit)
  eval "$(.venv/bin/register-python-argcomplete snippets)"
"""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run one command on the project in `root` and return its exit status.

    The statuses are listed in `cli.common.EXIT_STATUSES`. `arguments` None means `sys.argv`.
    """
    parser = _parser(root)
    argcomplete.autocomplete(parser)
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # escape what cannot be encoded
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = int(options.command(options))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Discard buffered output, or flushing it at interpreter exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except EXPECTED_ERRORS as error:
        print_error(error)
        return EXIT_ERROR


def _parser(root: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="snippets",
        description="Write, run and check the programs of the site.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(root=root)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
