"""The 17 blocks of the source material, and changes for tools that cannot run them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from snippet_engine.project.project import Project
from snippet_engine.snippet.model import Snippet

ROOT = Path(__file__).parents[2]

ROUNDS = 4  # of an endless block in the 3.5 seconds that it runs on this site


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the block `number` for a tool, its reason, and a function on the code."""

    number: int
    reason: str
    code: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Block:
    """A block for a tool; `code` differs from the snippet's if the block was `changed`."""

    number: int
    snippet: Snippet
    code: str
    changed: bool = False

    @property
    def title(self) -> str:
        """The heading on a page, by which `correctness` finds the block."""
        return f"Block {self.number}"


def read_source_blocks() -> dict[int, Snippet]:
    """Return the snippets that are blocks of the source material, by number."""
    project = Project(ROOT)
    snippets = map(project.read, project.names())
    blocks = {snippet.source: snippet for snippet in snippets if snippet.source is not None}
    return dict(sorted(blocks.items()))


def apply_changes(snippets: dict[int, Snippet], changes: Iterable[Change] = ()) -> list[Block]:
    """Return all blocks after applying `changes`.

    Raise ValueError if a change is for an unknown block or changes nothing.
    """
    blocks = {n: Block(n, snippet, snippet.code) for n, snippet in snippets.items()}
    for change in changes:
        if change.number not in blocks:
            raise ValueError(f"unknown block {change.number}")
        block = blocks[change.number]
        code = change.code(block.code)
        if code == block.code:
            raise ValueError(f"block {change.number} is not changed: {change.reason}")
        blocks[change.number] = Block(block.number, block.snippet, code, changed=True)
    return list(blocks.values())


def limit_loops(code: str) -> str:
    """Limit every `while True` to ROUNDS rounds."""
    return re.sub(r"\bwhile True:", f"for _ in range({ROUNDS}):", code)


def await_run(code: str) -> str:
    """Limit loops, and replace `run` with `await`, for an event loop that already runs."""
    return re.sub(r"^run\((.*)\)$", r"await \1", limit_loops(code), flags=re.MULTILINE)


def wrap_in_zsh_cell(code: str) -> str:
    """Return a notebook cell that runs zsh code with `%%script`."""
    return f"%%script zsh\n{code}"


def wrap_in_heredoc(code: str) -> str:
    """Return a bash script that passes zsh code to zsh."""
    return f"zsh <<'ZSH'\n{code}ZSH\n"


def wrap_in_subprocess(code: str) -> str:
    """Return a Python program that runs zsh code and prints its output."""
    return (
        "import subprocess\n\n"
        f'code = r"""\n{code}"""\n'
        "done = subprocess.run(\n"
        "    ['zsh', '-c', code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True\n"
        ")\n"
        "print(done.stdout)\n"
    )
