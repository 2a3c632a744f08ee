"""The output of each block on built pages, and its correctness, by one rule for all tools."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from snippet_engine.checking.check import check_run
from snippet_engine.checking.masks import apply_masks
from snippet_engine.run import Line, Provenance, Run, Stream
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import get_feature_version

_PAGE = re.compile(r"block[-_](\d+)")
_HEADING = re.compile(r"^Block (\d+)\b")
# The first line of a traceback of Python, multiprocessing or IPython.
_TRACEBACK = re.compile(
    r"-{20,}$|(?:.* )?Traceback \(most recent call last\)|\s+(?:File|Cell) |Process Process-\d+:$"
)
_STOPPED = "KeyboardInterrupt"  # raised in a program that a tool stops
_PYTHON = platform.python_version()


def read_outputs(site: Path, selector: str) -> dict[int, str]:
    """Return the output of each block on the pages of `site`, by number.

    The part of a block extends from the heading "Block N", or from the start of a page with
    that name, to the next such heading. Its output is the text of the elements in that part
    which match the CSS `selector`, one per line.
    """
    from bs4 import BeautifulSoup, Tag  # slow to import

    found: dict[int, list[str]] = {}
    for path in sorted(site.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for junk in page.select("nav, aside, head"):
            junk.decompose()
        shown = {id(element) for element in page.select(selector)}
        parts: list[list[str]] = []
        if named := _PAGE.search(path.relative_to(site).as_posix()):
            parts.append(found.setdefault(int(named[1]), []))
        for element in page.find_all(True):
            assert isinstance(element, Tag)
            heading = re.fullmatch(r"h[1-6]", element.name) and element.get_text().strip()
            if heading and (title := _HEADING.match(heading)):
                parts.append(found.setdefault(int(title[1]), []))
            elif parts and id(element) in shown:
                text = element.get_text().strip("\n")
                if text or element.name != "pre":  # an empty box is not visible
                    parts[-1].append(text)
    return {number: "\n".join(parts) for number, parts in found.items()}


def is_correct(snippet: Snippet, shown: str) -> bool:
    """Return True if `shown` is a valid output of `snippet`, as checked by the engine.

    Masks, guarantees and the order of lines apply as in the tests of this project. A line
    belongs to the stream on which it was recorded, because a page need not separate them.
    Of a traceback only the last line counts, because tools format tracebacks differently; of
    a stopped program, the lines before it.
    """
    recording = snippet.find_recording(get_feature_version(_PYTHON))
    if recording is None:
        raise ValueError(f"nothing is recorded for {snippet.name} on Python {_PYTHON}")
    recorded = _normalise_lines(snippet, [text for _, text in recording.lines])
    kinds = {apply_masks(text, snippet.mask): kind for kind, text in recording.lines}
    printed = _normalise_lines(snippet, shown.splitlines())
    if snippet.stop_after and not _line_shapes(snippet, printed) <= _line_shapes(snippet, recorded):
        return False  # lines that no run prints
    if snippet.raises:  # only the line with the error is on standard error
        kinds[recorded[-1]] = "stderr"
    plain = replace(
        snippet, claims=(), recordings=(Recording(_assign_streams(snippet, recorded, kinds)),)
    )
    return check_run(plain, _make_run(snippet, _assign_streams(snippet, printed, kinds))) is None


def _normalise_lines(snippet: Snippet, lines: Iterable[str]) -> list[str]:
    """Remove empty lines at both ends, and the parts of a traceback that do not count."""
    lines = _trim_lines(lines)
    start = next((n for n, line in enumerate(lines) if _TRACEBACK.match(line)), None)
    if start is not None and snippet.raises:
        return [*lines[:start], lines[-1]]
    if start is not None and snippet.stop_after and lines[-1].startswith(_STOPPED):
        return _trim_lines(lines[:start])
    return lines


def _trim_lines(lines: Iterable[str]) -> list[str]:
    return "\n".join(line.rstrip() for line in lines).strip("\n").splitlines()


def _line_shapes(snippet: Snippet, lines: Iterable[str]) -> set[str]:
    """Return the different lines with all numbers replaced."""
    return {re.sub(r"\d+", "0", apply_masks(line, snippet.mask)) for line in lines}


def _assign_streams(
    snippet: Snippet, lines: Iterable[str], kinds: dict[str, Stream]
) -> tuple[tuple[Stream, str], ...]:
    return tuple((kinds.get(apply_masks(line, snippet.mask), "stdout"), line) for line in lines)


def _make_run(snippet: Snippet, lines: Iterable[tuple[Stream, str]]) -> Run:
    """Return a run that printed `lines` and ended as the snippet declares."""
    ending = "stopped" if snippet.stop_after else "exit 1" if snippet.raises else "exit 0"
    return Run(
        seconds=0.0,
        cpu_seconds=0.0,
        peak_memory=0,
        ending=ending,
        provenance=Provenance(_PYTHON, "", "", 1, "", ""),
        lines=tuple(Line(0.0, stream, text) for stream, text in lines),
    )
