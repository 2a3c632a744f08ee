"""The 17 blocks of the source material, and how one is changed for a tool that cannot take it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from snippet_engine.project.project import Library
from snippet_engine.snippet.model import Snippet

ROOT = Path(__file__).parents[2]

ROUNDS = 4  # as many as an endless block comes to in the 3.5 seconds it is given on this site


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the block `number` for a tool, and why; `code` makes the new one."""

    number: int
    why: str
    code: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Block:
    """A block as a tool gets it: `code` is the snippet's own, unless it was `changed`."""

    number: int
    snippet: Snippet
    code: str
    changed: bool = False

    @property
    def title(self) -> str:
        """Its heading on a page; `judging` finds it by that."""
        return f"Block {self.number}"


def source_blocks() -> dict[int, Snippet]:
    """The snippets of this project that are a block of the source material, by its number."""
    library = Library(ROOT)
    snippets = map(library.read, library.names())
    found = {one.source: one for one in snippets if one.source is not None}
    return dict(sorted(found.items()))


def blocks_for(snippets: dict[int, Snippet], changes: Iterable[Change] = ()) -> list[Block]:
    """Each block, changed where `changes` say so.

    Raises ValueError where a change is of no block, or changes nothing.
    """
    ready = {n: Block(n, snippet, snippet.code) for n, snippet in snippets.items()}
    for change in changes:
        if change.number not in ready:
            raise ValueError(f"there is no block {change.number}")
        block = ready[change.number]
        code = change.code(block.code)
        if code == block.code:
            raise ValueError(f"block {change.number} stays as it is: {change.why}")
        ready[change.number] = Block(block.number, block.snippet, code, changed=True)
    return list(ready.values())


def shortened(code: str) -> str:
    """Every `while True` is left after a few rounds."""
    return re.sub(r"\bwhile True:", f"for _ in range({ROUNDS}):", code)


def awaited(code: str) -> str:
    """Shortened, and for an event loop that runs already."""
    return re.sub(r"^run\((.*)\)$", r"await \1", shortened(code), flags=re.MULTILINE)


def in_zsh_cell(code: str) -> str:
    """A cell of IPython's `%%script`."""
    return f"%%script zsh\n{code}"


def in_heredoc(code: str) -> str:
    """A script of bash that gives it to zsh."""
    return f"zsh <<'ZSH'\n{code}ZSH\n"


def in_subprocess(code: str) -> str:
    """A program in Python that runs zsh and prints what it says."""
    return (
        "import subprocess\n\n"
        f'code = r"""\n{code}"""\n'
        "done = subprocess.run(\n"
        "    ['zsh', '-c', code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True\n"
        ")\n"
        "print(done.stdout)\n"
    )
