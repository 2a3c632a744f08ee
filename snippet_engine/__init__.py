"""What a page may call from a fence that markdown-exec runs.

The functions are loaded when one is asked for, so that importing a module of the engine
loads only what that module needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snippet_engine.pages.api import compare, coverage, gallery, measured, project_runs, show

__all__ = ["compare", "coverage", "gallery", "measured", "project_runs", "show"]


def __getattr__(name: str) -> object:
    """Return a function of the pages' interface."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from snippet_engine.pages import api

    return getattr(api, name)
