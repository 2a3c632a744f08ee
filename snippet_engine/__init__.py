"""What a page may call from a fence that markdown-exec runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markdown_exec import get_logger

from .comparison import comparison
from .execution import ExecutionError
from .library import Library, progress
from .matching import disagreement
from .panel import failure, identifier, panel
from .snippet import SnippetError

__all__ = ["compare", "library", "show"]

# The generator's own log, whichever it is: what is warned there fails a strict build.
_log = get_logger(__name__)


@cache
def library() -> Library:
    """The snippets of this project, each run once in this process."""
    return Library(Path(__file__).parent.parent, report=progress)


def show(name: str) -> str:
    """The panel of the snippet `name`, as HTML: code, lanes, output and facts of its run.

    The first call starts every snippet in the background; each waits for its
    own only. What is wrong (no such snippet, a broken head, a run that differs
    from its recording) is warned of in the build's log, one line first.
    """
    try:
        snippet, run = library().run(name)
    except (SnippetError, ExecutionError) as error:
        _log.warning("%s", error)
        return failure(name, str(error))
    if wrong := disagreement(snippet, run):
        _log.warning("%s: %s", snippet.path, wrong)
    return panel(snippet, run)


def compare(*names: str) -> str:
    """The runs of several snippets as small timelines on one axis of time, as HTML.

    Each row links to the panel of its snippet, as seen from the site's first page.
    """
    rows = []
    for name in names:
        try:
            snippet, run = library().run(name)
        except (SnippetError, ExecutionError) as error:
            _log.warning("%s", error)
            return failure(name, str(error))
        rows.append((snippet, run, f"{snippet.chapter}/#{identifier(name)}"))
    return comparison(rows)
