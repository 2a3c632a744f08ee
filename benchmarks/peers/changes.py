"""The changes of blocks for each tool, found with `python benchmarks/peers --try`.

They are the smallest with which the build finishes and runs the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .blocks import (
    Change,
    await_run,
    limit_loops,
    wrap_in_heredoc,
    wrap_in_subprocess,
    wrap_in_zsh_cell,
)

_ENDLESS = (7, 10, 11, 15, 16)
_SHELL = (2, 8)


def _changes(numbers: Iterable[int], reason: str, code: Callable[[str], str]) -> tuple[Change, ...]:
    return tuple(Change(number, reason, code) for number in numbers)


MARKDOWN_EXEC = (
    *_changes(
        _SHELL,
        "It knows bash and sh, no zsh: a here-document in bash gives it to zsh.",
        wrap_in_heredoc,
    ),
    *_changes(
        _ENDLESS, "It never ends, and there is no time limit: four rounds each.", limit_loops
    ),
)

# Block 11 ends immediately: a worker of `parallel` cannot start processes.
SPHINX_GALLERY = (
    *_changes(_SHELL, "It runs Python alone: a child process gives it to zsh.", wrap_in_subprocess),
    *_changes(
        (7, 10, 15, 16), "It never ends, and there is no time limit: four rounds each.", limit_loops
    ),
)

_IN_CELLS = (
    *_changes(_SHELL, "The kernel is one of Python: `%%script zsh` above it.", wrap_in_zsh_cell),
    *_changes(
        (16,),
        "The kernel has an event loop running: `await` in the place of `run`; four rounds each.",
        await_run,
    ),
)

MYST_NB = (
    *_IN_CELLS,
    *_changes(
        (7, 10, 11, 15),
        "It never ends, and its time limit ends the whole page: four rounds each.",
        limit_loops,
    ),
)

MYST_NB_EACH = _IN_CELLS

MKDOCS_JUPYTER = (
    *_IN_CELLS,
    *_changes(
        (7, 10, 11, 15), "It never ends, and there is no time limit: four rounds each.", limit_loops
    ),
)

# A change that concerns no block.
MYST_NB_EACH_ALSO = "Pages that are read side by side all try to make the cache: it is made before."
