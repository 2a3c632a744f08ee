"""The runs of all snippets, or a share of them: past one machine, several run one each.

Whoever starts the machines deals out the numbers (a CI matrix does). Each leaves
its runs in a folder, named by their keys; the files of all folders together are
the memory of the build, which then runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from snippet_engine.checking.check import disagreement
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import NotHere
from snippet_engine.project.project import Library
from snippet_engine.run import Run


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`th of `of` shares of the snippets, from 1 on."""

    number: int
    of: int

    @classmethod
    def parsed(cls, text: str) -> Shard:
        """The share that `2/8` names. Raises ValueError where it names none."""
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise ValueError(f"{text!r} is no share: 2/8 is the second of eight")
        return cls(int(found[1]), int(found[2]))

    def names(self, library: Library) -> list[str]:
        """The snippets of this share: each is in one share, and all shares last about as long.

        Dealt out like cards, those that run alone first and then by how long they last.
        """
        return sorted(
            sorted(library.names(), key=lambda name: _rank(library, name))[
                self.number - 1 :: self.of
            ]
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the snippet `name`: its run, and what is wrong with it, if anything.

    Without a run and with nothing wrong it is not for here.
    """

    name: str
    run: Run | None
    wrong: str = ""


def results(library: Library, names: Iterable[str]) -> Iterator[Result]:
    """Run the snippets called `names`, all at once; each result in their order.

    A claim that compares with the run of another snippet is not looked at here:
    that one may be in another share. The build looks at it.
    """
    names = list(names)
    library.start(names)
    for name in names:
        try:
            snippet, run = library.run(name)
        except NotHere:
            yield Result(name, None)
        except (SnippetError, ExecutionError) as error:
            yield Result(name, None, str(error))
        else:
            wrong = disagreement(snippet, run)
            yield Result(name, run, f"{snippet.path}: {wrong}" if wrong else "")


def _rank(library: Library, name: str) -> tuple[bool, float, str]:
    try:
        snippet = library.read(name)
    except SnippetError:  # whoever runs it is told
        return (True, 0.0, name)
    return (not snippet.alone, -snippet.lasts, name)
