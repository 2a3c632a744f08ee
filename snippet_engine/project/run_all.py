"""The runs of all snippets, or of one shard of them per machine.

A CI matrix, for example, gives each machine its shard. Each machine writes its runs into a
folder; a build that uses the files of all folders as its run cache runs nothing again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from snippet_engine.checking.check import check_run
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.project.project import Library
from snippet_engine.run import Run


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard `number` of `of` shards of the snippets, counted from 1."""

    number: int
    of: int

    @classmethod
    def parsed(cls, text: str) -> Shard:
        """Return the shard for a text such as "2/8".

        Raise ValueError if the text is invalid.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise ValueError(f"invalid shard {text!r}: expected I/N, e.g. 2/8")
        return cls(int(found[1]), int(found[2]))

    def names(self, library: Library) -> list[str]:
        """Return the names of the snippets in this shard.

        Each snippet is in one shard. The snippets are distributed in turn, those marked
        `alone` first and then by expected duration, so all shards take about the same time.
        """
        return sorted(
            sorted(library.names(), key=lambda name: _rank(library, name))[
                self.number - 1 :: self.of
            ]
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The run of the snippet `name`, and the error message in `wrong`, if any.

    With neither, the snippet cannot run on this system.
    """

    name: str
    run: Run | None
    wrong: str = ""


def results(library: Library, names: Iterable[str]) -> Iterator[Result]:
    """Run the snippets `names` concurrently; yield their results in the given order.

    Claims that compare a snippet with another are not checked, because the other may be in
    another shard; the build checks them.
    """
    names = list(names)
    library.start(names)
    for name in names:
        try:
            snippet, run = library.run(name)
        except UnavailableError:
            yield Result(name, None)
        except (SnippetError, ExecutionError) as error:
            yield Result(name, None, str(error))
        else:
            wrong = check_run(snippet, run)
            yield Result(name, run, f"{snippet.path}: {wrong}" if wrong else "")


def _rank(library: Library, name: str) -> tuple[bool, float, str]:
    try:
        snippet = library.read(name)
    except SnippetError:  # `results` reports it
        return (True, 0.0, name)
    return (not snippet.exclusive, -snippet.expected_seconds, name)
