"""What had to be changed for a tool, as found by `python benchmarks/peers --try`.

The least that lets its build finish, and takes the block as what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .blocks import Change, awaited, in_heredoc, in_subprocess, in_zsh_cell, shortened

_ENDLESS = (7, 10, 11, 15, 16)
_SHELL = (2, 8)


def _changes(numbers: Iterable[int], why: str, code: Callable[[str], str]) -> tuple[Change, ...]:
    return tuple(Change(number, why, code) for number in numbers)


MARKDOWN_EXEC = (
    *_changes(
        _SHELL, "It knows bash and sh, no zsh: a here-document in bash gives it to zsh.", in_heredoc
    ),
    *_changes(_ENDLESS, "It never ends, and there is no time limit: four rounds each.", shortened),
)

# Block 11 is none of these: no process starts in a worker of its `parallel`, so it ends at once.
SPHINX_GALLERY = (
    *_changes(_SHELL, "It runs Python alone: a child process gives it to zsh.", in_subprocess),
    *_changes(
        (7, 10, 15, 16), "It never ends, and there is no time limit: four rounds each.", shortened
    ),
)

_IN_CELLS = (
    *_changes(_SHELL, "The kernel is one of Python: `%%script zsh` above it.", in_zsh_cell),
    *_changes(
        (16,),
        "The kernel has an event loop running: `await` in the place of `run`; four rounds each.",
        awaited,
    ),
)

MYST_NB = (
    *_IN_CELLS,
    *_changes(
        (7, 10, 11, 15),
        "It never ends, and its time limit ends the whole page: four rounds each.",
        shortened,
    ),
)

MYST_NB_EACH = _IN_CELLS

MKDOCS_JUPYTER = (
    *_IN_CELLS,
    *_changes(
        (7, 10, 11, 15), "It never ends, and there is no time limit: four rounds each.", shortened
    ),
)

# Where it is nothing of a block.
MYST_NB_EACH_ALSO = "Pages that are read side by side all try to make the cache: it is made before."
