"""What a built page shows of each block, and whether that is right: one rule for every tool."""

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
# Where a traceback begins, as the interpreter, a child process or IPython writes it.
_TRACEBACK = re.compile(
    r"-{20,}$|(?:.* )?Traceback \(most recent call last\)|\s+(?:File|Cell) |Process Process-\d+:$"
)
_STOPPED = "KeyboardInterrupt"  # what is raised in a program that a tool stops
_PYTHON = platform.python_version()


def outputs(site: Path, selector: str) -> dict[int, str]:
    """What the pages of `site` show as the output of each block, by its number.

    A block's part of a page goes from the heading "Block N" to the next of these, or from
    the start of a page that is called so; its output are the elements in there that the
    CSS `selector` finds, one on a line.
    """
    from bs4 import BeautifulSoup, Tag  # which takes long to import

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
                if text or element.name != "pre":  # no reader sees a box with nothing in it
                    parts[-1].append(text)
    return {number: "\n".join(parts) for number, parts in found.items()}


def right(snippet: Snippet, shown: str) -> bool:
    """Whether the text `shown` is an output of `snippet`, by the engine's own judgement.

    Its order of lines, masks and guarantees hold as in the tests of this project. A page
    need not tell the two streams apart: a line belongs to the one it was recorded on.
    How a traceback is set out is the tool's: of an error, its last line counts, and of what
    was stopped, as an endless program must be, what it printed until then.
    """
    recording = snippet.find_recording(get_feature_version(_PYTHON))
    if recording is None:
        raise ValueError(f"nothing is recorded for {snippet.name} on Python {_PYTHON}")
    recorded = _lines(snippet, [text for _, text in recording.lines])
    kinds = {apply_masks(text, snippet.mask): kind for kind, text in recording.lines}
    printed = _lines(snippet, shown.splitlines())
    if snippet.stop_after and not _shapes(snippet, printed) <= _shapes(snippet, recorded):
        return False  # lines of something else, which the engine would have on the other stream
    if snippet.raises:  # nothing but the line that names the error is on standard error
        kinds[recorded[-1]] = "stderr"
    plain = replace(snippet, claims=(), recordings=(Recording(_told(snippet, recorded, kinds)),))
    return check_run(plain, _run(snippet, _told(snippet, printed, kinds))) is None


def _lines(snippet: Snippet, lines: Iterable[str]) -> list[str]:
    """Without empty lines around them; of a traceback, what counts of it."""
    lines = _trimmed(lines)
    began = next((n for n, line in enumerate(lines) if _TRACEBACK.match(line)), None)
    if began is not None and snippet.raises:
        return [*lines[:began], lines[-1]]
    if began is not None and snippet.stop_after and lines[-1].startswith(_STOPPED):
        return _trimmed(lines[:began])
    return lines


def _trimmed(lines: Iterable[str]) -> list[str]:
    return "\n".join(line.rstrip() for line in lines).strip("\n").splitlines()


def _shapes(snippet: Snippet, lines: Iterable[str]) -> set[str]:
    """What kinds of line there are, whatever their numbers."""
    return {re.sub(r"\d+", "0", apply_masks(line, snippet.mask)) for line in lines}


def _told(
    snippet: Snippet, lines: Iterable[str], kinds: dict[str, Stream]
) -> tuple[tuple[Stream, str], ...]:
    return tuple((kinds.get(apply_masks(line, snippet.mask), "stdout"), line) for line in lines)


def _run(snippet: Snippet, lines: Iterable[tuple[Stream, str]]) -> Run:
    """A run that printed these lines, and ended as the snippet says: no page but ours tells."""
    ending = "stopped" if snippet.stop_after else "exit 1" if snippet.raises else "exit 0"
    return Run(
        seconds=0.0,
        cpu_seconds=0.0,
        peak_memory=0,
        ending=ending,
        provenance=Provenance(_PYTHON, "", "", 1, "", ""),
        lines=tuple(Line(0.0, stream, text) for stream, text in lines),
    )
