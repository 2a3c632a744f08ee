"""The functions that a page may call from a fence that markdown-exec runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from snippet_engine.checking.check import check_run, is_newer_than_supported
from snippet_engine.checking.claims import MeasurementError, format_value
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.pages.log import Log
from snippet_engine.pages.render_cache import Rendering
from snippet_engine.project.fences import Embed, embeds_of
from snippet_engine.project.navigation import chapters
from snippet_engine.project.placement import misplaced_in, unknown
from snippet_engine.project.progress import progress
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import memory_of
from snippet_engine.rendering.comparison import render_comparison
from snippet_engine.rendering.gallery import render_gallery
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.rendering.panel import render_failure, render_panel
from snippet_engine.rendering.stdlib_coverage import render_coverage
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet, find_compared_snippet
from snippet_engine.snippet.stdlib_usage import AnalysisError, StdlibUsage, find_usage
from snippet_engine.urls import HOME_CHAPTER, build_snippet_url

__all__ = ["compare", "coverage", "gallery", "library", "measured", "show"]

_log = Log()
_drawing = threading.Lock()
_ROOT = Path(__file__).parent.parent.parent


@cache
def library() -> Library:
    """Return the snippets of this project, one shared object per process.

    Runs are cached in the folder SNIPPETS_MEMORY, or in `.cache/runs` if this environment
    variable is not set. If it is not set but CI or FRESH is, nothing is cached.
    """
    forgetful = os.environ.get("CI") or os.environ.get("FRESH")
    memory = memory_of(_ROOT) if os.environ.get("SNIPPETS_MEMORY") or not forgetful else None
    return Library(_ROOT, memory=memory, kept=_draw_ahead, report=progress)


def _draw_ahead(snippet: Snippet, run: Run) -> None:
    """Render and cache the panels and the gallery card of a program that has ended.

    This uses the time in which the build waits for other programs.
    """
    if any(find_compared_snippet(claim.measure) for claim in snippet.claims):
        return  # the result depends on another run, which may not have ended
    with _drawing:
        if library().read(snippet.name) != snippet:
            return  # it has been edited since it was started
        for embed in _embeds(library().root, snippet.name):
            if embed.call == "show":
                with suppress(SnippetError):  # `show` reports a note that matches no line
                    html = render_panel(snippet, run, notes=embed.notes)
                    _rendering("panel", [snippet.name], embed.notes).keep(html)
        _draw_exhibit(snippet, run)


def _rendering(kind: str, names: Iterable[str], given: object = None) -> Rendering:
    return Rendering(kind, library(), names, given)


def show(name: str = "", notes: Mapping[str, str] | None = None) -> str:
    """Return the panel of the snippet `name` as HTML: code, lanes, output, facts.

    `notes` maps a part of a line of the program to a sentence about that line.

    The first call runs all snippets without a cached run. An unknown snippet, invalid
    metadata and a run that differs from its recording are logged as warnings; the panel
    shows the difference too. On a Python newer than all supported versions, a difference is
    shown but not logged.
    """
    if none := _unknown(name):
        return none
    rendering = _rendering("panel", [name], dict(notes or {}))
    if html := rendering.recalled():
        return html
    try:
        snippet, run = library().run(name)
        wrong = check_run(snippet, run, library().run_of)
        html = render_panel(snippet, run, notes=notes, mismatch=wrong)
    except UnavailableError as error:
        return render_panel(error.snippet, None, notes=notes, missing=error.requirement)
    except (SnippetError, ExecutionError) as error:
        _log.warning("%s", error)
        return render_failure(name, str(error))
    if wrong is None:
        rendering.keep(html)
    elif not is_newer_than_supported(run.provenance.python):
        _log.warning("%s: %s", snippet.path, wrong)
    return html


def measured(name: str, what: str) -> str:
    """Return a measured value of the snippet `name`: `what` "seconds" gives "1.07 s".

    The snippet must claim `what` in its metadata, so that the value is tested. On an error,
    log a warning and return "?". A program that cannot run on this system also gives "?",
    without a warning.
    """
    rendering = _rendering("measured", [name], what)
    if text := rendering.recalled():
        return text
    try:
        snippet, run = library().run(name)
        claims = {claim.measure: claim for claim in snippet.claims}
        if what not in claims:
            known = ", ".join(claims) or "nothing"
            message = f"it claims no {what!r}, only {known}: add it under [tool.snippet.claims]"
            raise SnippetError(snippet.path, 1, message)
        beside = find_compared_snippet(what)
        text = format_value(claims[what], run, library().run_of(beside) if beside else None)
    except UnavailableError:
        return "?"
    except (SnippetError, ExecutionError, MeasurementError) as error:
        _log.warning("%s", error)
        return "?"
    rendering.keep(text)
    return text


def compare(*names: str, page: str = HOME_CHAPTER) -> str:
    """Return small timelines of several snippets on one time axis, as HTML.

    Each row links to the panel of its snippet; links are relative to `page`. Programs that
    cannot run on this system are left out. On another error, log a warning and return a box
    with the reason.
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
        except UnavailableError:
            continue
        except (SnippetError, ExecutionError) as error:
            _log.warning("%s", error)
            return render_failure(name, str(error))
        rows.append((snippet, run, build_snippet_url(name, page)))
    html = render_comparison(rows) if rows else ""
    if len(rows) == len(names):
        rendering.keep(html)
    return html


def gallery() -> str:
    """Return all snippets as HTML: thumbnails by chapter, and a table of times.

    Programs that could not be run are listed with the reason. Log a warning for each snippet
    that is on no page, on two pages or on the page of another chapter, and for each file
    outside the chapters, because `show` cannot detect these.
    """
    for fault in misplaced_in(library().root):
        if not fault.unknown:  # `show` and `compare` log these
            _log.warning("%s", fault)
    names, titles = library().names(), chapters(library().root)
    rendering = _rendering("gallery", names, titles)
    if html := rendering.recalled():
        return html
    exhibits = [_exhibit(name) for name in names]
    html = render_gallery(exhibits, titles)
    if not any(exhibit.reason for exhibit in exhibits):
        rendering.keep(html)
    return html


def coverage() -> str:
    """Return the public standard library names that the snippets use, as HTML.

    The names are found in the source code. Programs that cannot be analysed are listed with
    the reason; a program that imports `*` is also logged as a warning.
    """
    order = list(chapters(library().root))
    known = (name for name in library().names() if name.partition("/")[0] in order)
    names = sorted(known, key=lambda name: order.index(name.partition("/")[0]))
    rendering = _rendering("coverage", names)
    if html := rendering.recalled():
        return html
    exhibits = [_read(name) for name in names]
    html = render_coverage(exhibits)
    if all(exhibit.readable for exhibit in exhibits):
        rendering.keep(html)
    return html


def _unknown(name: str) -> str:
    """Log a warning and return a placeholder if `name` does not exist, else ""."""
    with suppress(SnippetError):
        library().path(name)
        return ""
    wrong = unknown(library().root, name, library().names())
    _log.warning("%s", wrong)
    return render_failure(name, wrong)


def _embeds(root: Path, name: str) -> list[Embed]:
    """Return the embeds of the snippet `name` on the page of its chapter."""
    page = root / "docs" / f"{name.partition('/')[0]}.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    return [embed for embed in embeds_of(text) if embed.name == name]


def _exhibit(name: str) -> GalleryCard:
    """Return the gallery card of the program `name`, from the cache if possible.

    If the program is invalid or could not be run, the card contains the reason.
    """
    if exhibit := _known(name):
        return exhibit
    snippet = None
    try:
        snippet = library().read(name)
        snippet, run = library().run(name)
    except UnavailableError as error:
        return build_card(name, error.snippet, reason=str(error), uses=_used(error.snippet))
    except (SnippetError, ExecutionError) as error:
        return build_card(name, snippet, reason=str(error), uses=_used(snippet))
    return _draw_exhibit(snippet, run)


def _draw_exhibit(snippet: Snippet, run: Run) -> GalleryCard:
    exhibit = build_card(snippet.name, snippet, run, uses=_used(snippet))
    _rendering("exhibit", [snippet.name]).keep(exhibit.to_json())
    return exhibit


def _known(name: str) -> GalleryCard | None:
    """Return the cached gallery card of the program `name`, or None on a miss."""
    text = _rendering("exhibit", [name]).recalled()
    return GalleryCard.from_json(text) if text else None


def _used(snippet: Snippet | None) -> StdlibUsage:
    """Return the standard library names that `snippet` uses.

    The result is empty if it cannot be analysed, which `coverage` reports.
    """
    try:
        return find_usage(snippet) if snippet else StdlibUsage()
    except (SnippetError, AnalysisError):
        return StdlibUsage()


def _read(name: str) -> GalleryCard:
    """Return a gallery card of the program `name` with the names that it uses.

    The card contains the reason if the program cannot be analysed, and no facts of the
    snippet if its file is invalid.
    """
    if (exhibit := _known(name)) and exhibit.uses.modules:  # none: perhaps not analysable
        return exhibit
    try:
        snippet = library().read(name)
    except SnippetError as error:  # `show` logs it
        return build_card(name, reason=str(error))
    try:
        return build_card(name, snippet, uses=find_usage(snippet))
    except AnalysisError as error:
        return build_card(name, snippet, reason=str(error))
    except SnippetError as error:
        _log.warning("%s", error)
        return build_card(name, reason=str(error))
