"""The functions that a page may call from a fence that markdown-exec runs."""

from __future__ import annotations

from collections.abc import Mapping

from snippet_engine.checking.check import check_run, is_newer_than_supported
from snippet_engine.checking.claims import MeasurementError, format_value
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.pages.cards import find_card, find_usage_card
from snippet_engine.pages.site import log, project_runs, run_programs, warn_if_unknown
from snippet_engine.project.navigation import read_page_titles
from snippet_engine.project.placement import find_misplaced
from snippet_engine.rendering.comparison import render_comparison
from snippet_engine.rendering.gallery import render_gallery
from snippet_engine.rendering.panel import render_failure, render_panel
from snippet_engine.rendering.stdlib_coverage import render_coverage
from snippet_engine.snippet.model import find_compared_snippet
from snippet_engine.urls import HOME_CHAPTER, build_snippet_url

__all__ = ["compare", "coverage", "gallery", "measured", "project_runs", "show"]


def show(name: str = "", notes: Mapping[str, str] | None = None) -> str:
    """Return the panel of the snippet `name` as HTML: code, lanes, output, facts.

    `notes` maps a part of a line of the program to a sentence about that line.

    The first call runs all snippets without a cached run. An unknown snippet, invalid
    metadata and a run that differs from its recording are logged as warnings; the panel
    shows the difference too. On a Python newer than all supported versions, a difference is
    shown but not logged.
    """
    if placeholder := warn_if_unknown(name):
        return placeholder
    runs, cache = run_programs()
    options = dict(notes or {})
    if html := cache.get("panel", [name], options):
        return html
    try:
        snippet, run = runs.run(name)
        mismatch = check_run(snippet, run, runs.run_of)
        html = render_panel(snippet, run, notes=notes, mismatch=mismatch)
    except UnavailableError as error:
        return render_panel(error.snippet, None, notes=notes, missing=error.requirement)
    except (SnippetError, ExecutionError) as error:
        log.warning("%s", error)
        return render_failure(name, str(error))
    if mismatch is None:
        cache.set("panel", [name], options, html)
    elif not is_newer_than_supported(run.provenance.python):
        log.warning("%s: %s", snippet.path, mismatch)
    return html


def measured(name: str, measure: str) -> str:
    """Return a measured value of the snippet `name`: "seconds" gives "1.07 s".

    The snippet must claim `measure` in its metadata, so that the value is tested. On an
    error, log a warning and return "?". A program that cannot run on this system also gives
    "?", without a warning.
    """
    runs, cache = run_programs()
    if text := cache.get("measured", [name], measure):
        return text
    try:
        snippet, run = runs.run(name)
        claims = {claim.measure: claim for claim in snippet.claims}
        if measure not in claims:
            known = ", ".join(claims) or "nothing"
            message = f"it claims no {measure!r}, only {known}: add it under [tool.snippet.claims]"
            raise SnippetError(snippet.path, 1, message)
        baseline = find_compared_snippet(measure)
        text = format_value(claims[measure], run, runs.run_of(baseline) if baseline else None)
    except UnavailableError:
        return "?"
    except (SnippetError, ExecutionError, MeasurementError) as error:
        log.warning("%s", error)
        return "?"
    cache.set("measured", [name], measure, text)
    return text


def compare(*names: str, page: str = HOME_CHAPTER) -> str:
    """Return small timelines of several snippets on one time axis, as HTML.

    Each row links to the panel of its snippet; links are relative to `page`. Programs that
    cannot run on this system are left out. On another error, log a warning and return a box
    with the reason.
    """
    if placeholder := next(filter(None, map(warn_if_unknown, names)), None):
        return placeholder
    runs, cache = run_programs()
    if html := cache.get("comparison", names, page):
        return html
    rows = []
    for name in names:
        try:
            snippet, run = runs.run(name)
        except UnavailableError:
            continue
        except (SnippetError, ExecutionError) as error:
            log.warning("%s", error)
            return render_failure(name, str(error))
        rows.append((snippet, run, build_snippet_url(name, page)))
    html = render_comparison(rows) if rows else ""
    if len(rows) == len(names):
        cache.set("comparison", names, page, html)
    return html


def gallery() -> str:
    """Return all snippets as HTML: thumbnails by chapter, and a table of times.

    Programs that could not be run are listed with the reason. Log a warning for each snippet
    that is on no page, on two pages or on the page of another chapter, and for each file
    outside the chapters, because `show` cannot detect these.
    """
    runs, cache = run_programs()
    for fault in find_misplaced(runs.project.root):  # `show` and `compare` log unknown names
        log.warning("%s", fault)
    names, titles = runs.project.names(), read_page_titles(runs.project.root)
    if html := cache.get("gallery", names, titles):
        return html
    cards = [find_card(name, runs, cache) for name in names]
    html = render_gallery(cards, titles)
    if not any(card.reason for card in cards):
        cache.set("gallery", names, titles, html)
    return html


def coverage() -> str:
    """Return the public standard library names that the snippets use, as HTML.

    The names are found in the source code. Programs that cannot be analysed are listed with
    the reason; a program that imports `*` is also logged as a warning.
    """
    runs, cache = run_programs()
    order = list(read_page_titles(runs.project.root))
    shown = (name for name in runs.project.names() if name.partition("/")[0] in order)
    names = sorted(shown, key=lambda name: order.index(name.partition("/")[0]))
    if html := cache.get("coverage", names):
        return html
    cards = [find_usage_card(name, runs, cache) for name in names]
    html = render_coverage(cards)
    if all(card.readable for card in cards):
        cache.set("coverage", names, None, html)
    return html
