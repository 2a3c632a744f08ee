"""What a contributor may call: `snippets run`, `sample`, `notebook` and `list`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .execution import ExecutionError, execute
from .library import Library
from .matching import disagreement
from .notebook import notebook
from .run import Run
from .sampling import UndeclaredOutcome, sampled, with_sample
from .snippet import LANGUAGES, Snippet, SnippetError, SnippetPath, parse

ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns its exit status.

    0: well; 1: a snippet's run differs from its recording; 2: it could not be run.
    """
    parser = argparse.ArgumentParser(prog="snippets", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run one snippet and print what it printed")
    run.add_argument("name", metavar="NAME-OR-FILE", help="threads/thread-pool, or a file")
    run.add_argument("--json", action="store_true", help="print the whole run as JSON")
    run.add_argument("--python", metavar="PY", default=sys.executable, help="another interpreter")
    run.set_defaults(command=_run)
    sample = commands.add_parser("sample", help="count the outcomes of a racy snippet, and record")
    sample.add_argument("name", metavar="NAME", help="locks/two-locks")
    sample.add_argument("--runs", type=_runs, metavar="N", default=200, help="200 if not said")
    sample.add_argument(
        "--python", metavar="PY", default=sys.executable, help="another interpreter"
    )
    sample.set_defaults(command=_sample)
    book = commands.add_parser("notebook", help="write the talk's session as docs/session.ipynb")
    book.set_defaults(command=_notebook)
    names = commands.add_parser("list", help="list all snippets")
    names.set_defaults(command=_list)
    options = parser.parse_args(arguments)
    try:
        return int(options.command(options))
    except (SnippetError, ExecutionError) as error:
        print(f"snippets: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    snippet = _find(options.name)
    run = execute(snippet, python=options.python)
    print(run.to_json() if options.json else _text(run))
    beside = Library(ROOT, python=options.python, eager=False)
    if wrong := disagreement(snippet, run, beside.run_of):
        print(f"snippets: {snippet.path}: {wrong}", file=sys.stderr)
        return 1
    return 0


def _sample(options: argparse.Namespace) -> int:
    library = Library(ROOT)
    snippet = library.read(options.name)
    if not snippet.outcomes:
        message = "it declares no outcomes: add [[tool.snippet.outcomes]] to its head"
        raise SnippetError(snippet.path, 1, message)
    try:
        sample = sampled(snippet, options.runs, python=options.python)
    except UndeclaredOutcome as error:
        print(f"snippets: {error}", file=sys.stderr)
        return 1
    SnippetPath(library.path(options.name)).write_text(with_sample(snippet, sample).text)
    print(sample, end="")
    return 0


def _notebook(_: argparse.Namespace) -> int:
    library = Library(ROOT)
    text = notebook(map(library.read, library.names()))
    SnippetPath(ROOT / "docs" / "session.ipynb").write_text(text)
    return 0


def _runs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _list(_: argparse.Namespace) -> int:
    library = Library(ROOT)
    for name in library.names():
        print(f"{name:<40} {library.read(name).title}")
    return 0


def _find(name: str) -> Snippet:
    """The snippet of that name, or the one in that file, wherever it stands."""
    path = Path(name)
    if path.suffix in LANGUAGES and path.is_file():
        return parse(SnippetPath(path).read_text(), path, path.stem)
    return Library(ROOT).read(name)


def _text(run: Run) -> str:
    mark = {"stdout": " ", "stderr": "!"}
    lines = [f"{line.at:8.3f} s {mark[line.stream]} {line.text}" for line in run.lines]
    facts = f"{run.seconds:.3f} s, {run.cpu_seconds:.3f} s of CPU, {run.peak_memory >> 20} MiB"
    return "\n".join([*lines, f"{facts}, {run.ending}, Python {run.provenance.python}"])


if __name__ == "__main__":
    sys.exit(main())
