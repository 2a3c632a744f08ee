"""Builds by each tool: cold, warm, prose edited, one block edited; and what comes out right."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from commands import Took, median, took

from snippet_engine.snippet.model import Snippet

from .blocks import ROOT, Block, blocks_for, source_blocks
from .judging import outputs, right
from .telling import Row
from .tools import EDITED, OURS, SITE, Tool, tools

LIMIT = 240.0  # seconds that a build may take
TRIAL = 60.0  # and one of a single block, of which the longest takes four seconds
SHORT = 10.0  # builds that take less are repeated, and the median of three is told
TRIES = 3
_BOUNDED = Path(__file__).parent / "bounded.py"


def rows(scratch: Path) -> Iterator[Row]:
    """Each tool, measured in a folder of its own in `scratch`; some ten minutes."""
    snippets = source_blocks()
    for number, tool in enumerate(tools()):
        yield _row(tool, snippets, scratch / f"tool-{number}")


def trials(scratch: Path, names: Iterable[str] = ()) -> Iterator[tuple[str, int, str]]:
    """Each block unchanged and alone, with each tool: its name, the number, what came of it.

    With those tools alone whose name begins with one of `names`, if there are any.
    """
    snippets = source_blocks()
    chosen = tuple(names) or ("",)
    for tool in (one for one in tools() if one.name.startswith(chosen)):
        for number, snippet in snippets.items():
            folder = scratch / "trial"
            shutil.rmtree(folder, ignore_errors=True)
            try:
                build = _built(tool, folder, blocks_for({number: snippet}), limit=TRIAL)
            except RuntimeError as error:
                last = str(error).strip().splitlines()[-1]
                ended = " ended with 124\n" in str(error)
                outcome = "never ended" if ended else f"no page: {last}"
            else:
                found = right_ones(tool, folder, {number: snippet})
                outcome = f"{'right' if found else 'wrong'}, {build.seconds:.1f} s"
            yield tool.name, number, outcome


def right_ones(tool: Tool, folder: Path, snippets: dict[int, Snippet]) -> set[int]:
    """The numbers of those blocks that the built pages show rightly."""
    shown = outputs(folder / SITE, tool.selector)
    return {n for n, snippet in snippets.items() if n in shown and right(snippet, shown[n])}


def _row(tool: Tool, snippets: dict[int, Snippet], folder: Path) -> Row:
    blocks = blocks_for(snippets, tool.changes)
    cold = _surely(tool, folder, blocks)
    found = right_ones(tool, folder, snippets)
    edits = itertools.count(1)
    said = ""

    def prose() -> Took:
        nonlocal said
        said = f"Sentence {next(edits)}."
        return _surely(tool, folder, blocks, said)

    def edit() -> Took:
        number = next(edits)
        return _surely(tool, folder, [_edited(block, number) for block in blocks], said)

    warm = _settled(lambda: _surely(tool, folder, blocks))
    after_prose = _settled(prose)
    changed = {block.number for block in blocks if block.changed}
    return Row(
        name=tool.name,
        versions=tool.versions(),
        cold=cold.seconds,
        warm=warm.seconds,
        prose=after_prose.seconds,
        edit=_settled(edit).seconds,
        right=tuple(sorted(found - changed)),
        changed=tuple(sorted(found & changed)),
        wrong=tuple(sorted(snippets.keys() - found)),
        why=tuple((change.number, change.why) for change in tool.changes),
        also=tool.also,
    )


def _surely(*what: Any) -> Took:
    """As `_built`, tried TRIES times.

    A kernel of Jupyter chooses a port, which another one may take before it does.
    """
    for _ in range(TRIES - 1):
        with suppress(RuntimeError):
            return _built(*what)
    return _built(*what)


def _settled(action: Callable[[], Took]) -> Took:
    """The median of three; the first of them, where that took long."""
    first = action()
    if first.seconds > SHORT:
        return first
    again = iter([first, *(action() for _ in range(2))])
    return median(3, lambda: next(again))


def _edited(block: Block, number: int) -> Block:
    if block.number != EDITED:
        return block
    return replace(block, code=f"{block.code}# edit {number}\n")


def _built(
    tool: Tool, folder: Path, blocks: list[Block], prose: str = "", limit: float = LIMIT
) -> Took:
    """Write and build the project. Raises RuntimeError where that fails or takes too long."""
    python = environment(tool)
    tool.write(folder, blocks, prose)
    command = [sys.executable, str(_BOUNDED), str(limit), *tool.command(python)]
    # Programs of a block are looked for where the tool is installed.
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    return took(command, folder, PATH=path, SNIPPETS_MEMORY=str(folder / "runs"))


def environment(tool: Tool) -> Path:
    """The interpreter that has the tool: in an environment of its own, made on first use."""
    if tool is OURS:
        return Path(sys.executable)
    lock = Path(__file__).parent / f"{tool.requirements}.txt"
    folder = ROOT / ".cache" / "peers" / tool.requirements
    python, ready = folder / "bin" / "python", folder / ".ready"
    wanted = f"{sys.version}\n{lock.read_text(encoding='utf-8')}"
    if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
        uv = str(Path(sys.executable).with_name("uv"))
        make = [uv, "venv", "-q", "--clear", "--python", sys.executable, folder]
        install = [uv, "pip", "install", "-q", "--compile-bytecode", "--require-hashes"]
        subprocess.run(make, check=True)
        subprocess.run([*install, "--python", python, "-r", lock], check=True)
        ready.write_text(wanted, encoding="utf-8")
    return python
