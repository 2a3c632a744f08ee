"""Gallery cards of programs, from the render cache where possible."""

from __future__ import annotations

from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.unavailable import UnavailableError
from snippet_engine.pages.render_cache import RenderCache
from snippet_engine.pages.site import log
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import AnalysisError, StdlibUsage, find_usage

_KIND = "card"


def find_card(name: str, runs: ProjectRuns, cache: RenderCache) -> GalleryCard:
    """Return the gallery card of the program `name`.

    If the program is invalid or could not be run, the card contains the reason.
    """
    if card := _find_cached(name, cache):
        return card
    snippet = None
    try:
        snippet = runs.project.read(name)
        snippet, run = runs.run(name)
    except UnavailableError as error:
        return build_card(name, error.snippet, reason=str(error), uses=_find_uses(error.snippet))
    except (SnippetError, ExecutionError) as error:
        return build_card(name, snippet, reason=str(error), uses=_find_uses(snippet))
    card = build_card(name, snippet, run, uses=_find_uses(snippet))
    cache.set(_KIND, [name], None, card.to_json())
    return card


def find_usage_card(name: str, runs: ProjectRuns, cache: RenderCache) -> GalleryCard:
    """Return a card of the program `name` with the standard library names that it uses.

    The card contains the reason if the program cannot be analysed, and no facts of the
    snippet if its file is invalid.
    """
    if (card := _find_cached(name, cache)) and card.uses.modules:  # none: perhaps not analysable
        return card
    try:
        snippet = runs.project.read(name)
    except SnippetError as error:  # `show` logs it
        return build_card(name, reason=str(error))
    try:
        return build_card(name, snippet, uses=find_usage(snippet))
    except AnalysisError as error:
        return build_card(name, snippet, reason=str(error))
    except SnippetError as error:
        log.warning("%s", error)
        return build_card(name, reason=str(error))


def _find_cached(name: str, cache: RenderCache) -> GalleryCard | None:
    text = cache.get(_KIND, [name])
    return GalleryCard.from_json(text) if text else None


def _find_uses(snippet: Snippet | None) -> StdlibUsage:
    """Return the standard library names that `snippet` uses.

    The result is empty if it cannot be analysed, which `coverage` reports.
    """
    try:
        return find_usage(snippet) if snippet else StdlibUsage()
    except (SnippetError, AnalysisError):
        return StdlibUsage()
