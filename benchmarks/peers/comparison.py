"""Times of builds by each tool, and the blocks that they show correctly."""

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

from timing import Timing, time_command, time_median

from snippet_engine.snippet.model import Snippet

from .blocks import ROOT, Block, apply_changes, read_source_blocks
from .correctness import is_correct, read_outputs
from .section import Row
from .tools import EDITED, SITE, THIS_PROJECT, Tool, list_tools

BUILD_TIMEOUT = 240.0  # seconds
TRIAL_TIMEOUT = 60.0  # seconds for a single block; the longest takes four
SHORT_SECONDS = 10.0  # shorter builds are repeated, and the median of three is used
TRIES = 3
_BOUNDED = Path(__file__).parent / "time_limit.py"


def measure(scratch: Path) -> Iterator[Row]:
    """Yield the results of each tool, which takes about ten minutes."""
    snippets = read_source_blocks()
    for number, tool in enumerate(list_tools()):
        yield _measure_tool(tool, snippets, scratch / f"tool-{number}")


def try_blocks(scratch: Path, names: Iterable[str] = ()) -> Iterator[tuple[str, int, str]]:
    """Build each block alone and unchanged; yield tool, number of the block and outcome.

    If there are `names`, only use tools whose names begin with one of them.
    """
    snippets = read_source_blocks()
    prefixes = tuple(names) or ("",)
    for tool in (tool for tool in list_tools() if tool.name.startswith(prefixes)):
        for number, snippet in snippets.items():
            folder = scratch / "trial"
            shutil.rmtree(folder, ignore_errors=True)
            try:
                build = _build(tool, folder, apply_changes({number: snippet}), limit=TRIAL_TIMEOUT)
            except RuntimeError as error:
                last = str(error).strip().splitlines()[-1]
                timed_out = " exited with 124\n" in str(error)
                outcome = "timeout" if timed_out else f"no page: {last}"
            else:
                correct = find_correct(tool, folder, {number: snippet})
                outcome = f"{'right' if correct else 'wrong'}, {build.seconds:.1f} s"
            yield tool.name, number, outcome


def find_correct(tool: Tool, folder: Path, snippets: dict[int, Snippet]) -> set[int]:
    """Return the numbers of the blocks whose output on the built pages is correct."""
    shown = read_outputs(folder / SITE, tool.selector)
    return {n for n, snippet in snippets.items() if n in shown and is_correct(snippet, shown[n])}


def _measure_tool(tool: Tool, snippets: dict[int, Snippet], folder: Path) -> Row:
    blocks = apply_changes(snippets, tool.changes)
    cold = _build_with_retries(tool, folder, blocks)
    correct = find_correct(tool, folder, snippets)
    edits = itertools.count(1)
    sentence = ""

    def build_after_prose_edit() -> Timing:
        nonlocal sentence
        sentence = f"Sentence {next(edits)}."
        return _build_with_retries(tool, folder, blocks, sentence)

    def build_after_block_edit() -> Timing:
        number = next(edits)
        return _build_with_retries(
            tool, folder, [_edit_block(block, number) for block in blocks], sentence
        )

    warm = _repeat_if_short(lambda: _build_with_retries(tool, folder, blocks))
    after_prose = _repeat_if_short(build_after_prose_edit)
    changed = {block.number for block in blocks if block.changed}
    return Row(
        name=tool.name,
        versions=tool.versions(),
        cold=cold.seconds,
        warm=warm.seconds,
        prose=after_prose.seconds,
        edit=_repeat_if_short(build_after_block_edit).seconds,
        right=tuple(sorted(correct - changed)),
        changed=tuple(sorted(correct & changed)),
        wrong=tuple(sorted(snippets.keys() - correct)),
        reasons=tuple((change.number, change.reason) for change in tool.changes),
        other_change=tool.other_change,
    )


def _build_with_retries(*arguments: Any) -> Timing:
    """Call `_build` up to TRIES times.

    A Jupyter kernel fails if another one takes the port that it has chosen.
    """
    for _ in range(TRIES - 1):
        with suppress(RuntimeError):
            return _build(*arguments)
    return _build(*arguments)


def _repeat_if_short(action: Callable[[], Timing]) -> Timing:
    """Return the median of three builds, or a single build if it takes long."""
    first = action()
    if first.seconds > SHORT_SECONDS:
        return first
    timings = iter([first, *(action() for _ in range(2))])
    return time_median(3, lambda: next(timings))


def _edit_block(block: Block, number: int) -> Block:
    if block.number != EDITED:
        return block
    return replace(block, code=f"{block.code}# edit {number}\n")


def _build(
    tool: Tool, folder: Path, blocks: list[Block], prose: str = "", limit: float = BUILD_TIMEOUT
) -> Timing:
    """Write and build the project. Raise RuntimeError on failure or timeout."""
    python = ensure_environment(tool)
    tool.write(folder, blocks, prose)
    command = [sys.executable, str(_BOUNDED), str(limit), *tool.command(python)]
    # A block may run programs of the tool's environment.
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    return time_command(command, folder, PATH=path, SNIPPETS_MEMORY=str(folder / "runs"))


def ensure_environment(tool: Tool) -> Path:
    """Return the interpreter of the tool's environment, which is made on first use."""
    if tool is THIS_PROJECT:
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
