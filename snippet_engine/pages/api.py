"""What a page may call from a fence that markdown-exec runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from snippet_engine.checking.check import disagreement, is_newer
from snippet_engine.checking.claims import Unmeasurable, told
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import NotHere
from snippet_engine.pages.log import Log
from snippet_engine.pages.render_cache import Rendering
from snippet_engine.project.fences import Embed, embeds_of
from snippet_engine.project.navigation import chapters
from snippet_engine.project.placement import misplaced_in, unknown
from snippet_engine.project.progress import progress
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import memory_of
from snippet_engine.rendering.comparison import comparison
from snippet_engine.rendering.gallery import gallery_of
from snippet_engine.rendering.gallery_card import Exhibit, exhibit_of
from snippet_engine.rendering.panel import failure, panel
from snippet_engine.rendering.stdlib_coverage import coverage_of
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet, other
from snippet_engine.snippet.stdlib_usage import Unreadable, Uses, uses
from snippet_engine.urls import FIRST, link_to

__all__ = ["compare", "coverage", "gallery", "library", "measured", "show"]

_log = Log()
_drawing = threading.Lock()
_ROOT = Path(__file__).parent.parent.parent


@cache
def library() -> Library:
    """The snippets of this project, run where nothing remembers their run.

    Runs are remembered in `.cache/runs`, or in the folder that SNIPPETS_MEMORY
    names; with CI or FRESH in the environment, in that folder only.
    """
    forgetful = os.environ.get("CI") or os.environ.get("FRESH")
    memory = memory_of(_ROOT) if os.environ.get("SNIPPETS_MEMORY") or not forgetful else None
    return Library(_ROOT, memory=memory, kept=_draw_ahead, report=progress)


def _draw_ahead(snippet: Snippet, run: Run) -> None:
    """Draw what pages show of a program, and remember it, while they wait for others."""
    if any(other(claim.what) for claim in snippet.claims):
        return  # it may differ beside a program that runs still
    with _drawing:
        if library().read(snippet.name) != snippet:
            return  # it was edited meanwhile
        for embed in _embeds(library().root, snippet.name):
            if embed.call == "show":
                with suppress(SnippetError):  # a note that fits no line: `show` tells
                    html = panel(snippet, run, notes=embed.notes)
                    _rendering("panel", [snippet.name], embed.notes).keep(html)
        _draw_exhibit(snippet, run)


def _rendering(kind: str, names: Iterable[str], given: object = None) -> Rendering:
    return Rendering(kind, library(), names, given)


def show(name: str = "", notes: Mapping[str, str] | None = None) -> str:
    """The panel of the snippet `name`, as HTML: code, lanes, output and facts of its run.

    `notes`: a part of a line of the program, and a sentence that is tied to that line.

    The first call runs every snippet whose run is not remembered. What is wrong (no
    such snippet, a broken head, a run that differs from its recording) is warned of
    in the build's log, one line first; how a run differs is shown in the panel, too. On
    a Python that is newer than all recordings, a run that differs is only shown.
    """
    if none := _unknown(name):
        return none
    rendering = _rendering("panel", [name], dict(notes or {}))
    if html := rendering.recalled():
        return html
    try:
        snippet, run = library().run(name)
        wrong = disagreement(snippet, run, library().run_of)
        html = panel(snippet, run, notes=notes, wrong=wrong)
    except NotHere as error:
        return panel(error.snippet, None, notes=notes, needs=error.needs)
    except (SnippetError, ExecutionError) as error:
        _log.warning("%s", error)
        return failure(name, str(error))
    if wrong is None:
        rendering.keep(html)
    elif not is_newer(run.provenance.python):
        _log.warning("%s: %s", snippet.path, wrong)
    return html


def measured(name: str, what: str) -> str:
    """What the snippet `name` claims of its `what` ("seconds"), as measured: `1.07 s`.

    Only what a snippet claims may be said, so that it is tested. What cannot be
    said is warned of in the build's log, and shown as a question mark; as that is
    shown, too, what was not here to be measured, which its panel says.
    """
    rendering = _rendering("measured", [name], what)
    if text := rendering.recalled():
        return text
    try:
        snippet, run = library().run(name)
        claims = {claim.what: claim for claim in snippet.claims}
        if what not in claims:
            known = ", ".join(claims) or "nothing"
            message = f"it claims no {what!r}, only {known}: add it under [tool.snippet.claims]"
            raise SnippetError(snippet.path, 1, message)
        beside = other(what)
        text = told(claims[what], run, library().run_of(beside) if beside else None)
    except NotHere:
        return "?"
    except (SnippetError, ExecutionError, Unmeasurable) as error:
        _log.warning("%s", error)
        return "?"
    rendering.keep(text)
    return text


def compare(*names: str, page: str = FIRST) -> str:
    """The runs of several snippets as small timelines on one axis of time, as HTML.

    Each row links to the panel of its snippet, as seen from the page `page`. There
    is none for a program that needs what is not here, which its panel says.
    """
    if none := next(filter(None, map(_unknown, names)), None):
        return none
    rendering = _rendering("comparison", names, page)
    if html := rendering.recalled():
        return html
    rows = []
    for name in names:
        try:
            snippet, run = library().run(name)
        except NotHere:
            continue
        except (SnippetError, ExecutionError) as error:
            _log.warning("%s", error)
            return failure(name, str(error))
        rows.append((snippet, run, link_to(name, page)))
    html = comparison(rows) if rows else ""
    if len(rows) == len(names):
        rendering.keep(html)
    return html


def gallery() -> str:
    """Every snippet with its run in small, by chapter, and the times of all, as HTML.

    What could not be run is listed with why; `show` warns of it in the build's
    log. What `show` cannot know of is warned of here, once in each build: snippets
    that stand on no page, on two, or on another chapter's, and files in no chapter.
    """
    for fault in misplaced_in(library().root):
        if not fault.unknown:  # of which `show` and `compare` warn
            _log.warning("%s", fault)
    names, titles = library().names(), chapters(library().root)
    rendering = _rendering("gallery", names, titles)
    if html := rendering.recalled():
        return html
    exhibits = [_exhibit(name) for name in names]
    html = gallery_of(exhibits, titles)
    if not any(exhibit.why for exhibit in exhibits):
        rendering.keep(html)
    return html


def coverage() -> str:
    """Which public names of the standard library the snippets show, as HTML.

    Told from the code alone: nothing is run for it. What cannot be told is warned
    of in the build's log.
    """
    order = list(chapters(library().root))
    known = (name for name in library().names() if name.partition("/")[0] in order)
    names = sorted(known, key=lambda name: order.index(name.partition("/")[0]))
    rendering = _rendering("coverage", names)
    if html := rendering.recalled():
        return html
    exhibits = [_read(name) for name in names]
    html = coverage_of(exhibits)
    if all(exhibit.readable for exhibit in exhibits):
        rendering.keep(html)
    return html


def _unknown(name: str) -> str:
    """What stands in the place of a snippet that is none, warned of; empty where it is one."""
    with suppress(SnippetError):
        library().path(name)
        return ""
    wrong = unknown(library().root, name, library().names())
    _log.warning("%s", wrong)
    return failure(name, wrong)


def _embeds(root: Path, name: str) -> list[Embed]:
    """Where the page of its chapter names the snippet `name`."""
    page = root / "docs" / f"{name.partition('/')[0]}.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    return [embed for embed in embeds_of(text) if embed.name == name]


def _exhibit(name: str) -> Exhibit:
    """The program `name` with its run."""
    if exhibit := _known(name):
        return exhibit
    snippet = None
    try:
        snippet = library().read(name)
        snippet, run = library().run(name)
    except NotHere as error:
        return exhibit_of(name, error.snippet, why=str(error), uses=_used(error.snippet))
    except (SnippetError, ExecutionError) as error:
        return exhibit_of(name, snippet, why=str(error), uses=_used(snippet))
    return _draw_exhibit(snippet, run)


def _draw_exhibit(snippet: Snippet, run: Run) -> Exhibit:
    exhibit = exhibit_of(snippet.name, snippet, run, uses=_used(snippet))
    _rendering("exhibit", [snippet.name]).keep(exhibit.to_json())
    return exhibit


def _known(name: str) -> Exhibit | None:
    """The program `name` with its run, where that has been drawn already."""
    text = _rendering("exhibit", [name]).recalled()
    return Exhibit.from_json(text) if text else None


def _used(snippet: Snippet | None) -> Uses:
    """What `snippet` uses; nothing where that cannot be told, which `coverage` tells."""
    try:
        return uses(snippet) if snippet else Uses()
    except (SnippetError, Unreadable):
        return Uses()


def _read(name: str) -> Exhibit:
    """What `name` uses; without its snippet, where its file has to be corrected."""
    if (exhibit := _known(name)) and exhibit.uses.modules:  # else it may be none to look into
        return exhibit
    try:
        snippet = library().read(name)
    except SnippetError as error:  # the gallery, or its own page, warns of it
        return exhibit_of(name, why=str(error))
    try:
        return exhibit_of(name, snippet, uses=uses(snippet))
    except Unreadable as error:
        return exhibit_of(name, snippet, why=str(error))
    except SnippetError as error:
        _log.warning("%s", error)
        return exhibit_of(name, why=str(error))
