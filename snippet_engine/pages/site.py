"""The project that the site shows, its runs and its log, shared by all pages of a build."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from snippet_engine.errors import SnippetError
from snippet_engine.pages.render_cache import RenderCache
from snippet_engine.project.placement import locate_unknown_name
from snippet_engine.project.progress import print_progress
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import open_run_cache
from snippet_engine.rendering.panel import render_failure

_ROOT = Path(__file__).parent.parent.parent

log = logging.getLogger("snippet_engine")  # a strict build of the site fails at a warning


@cache
def project_runs() -> ProjectRuns:
    """Return the runs of this project, one shared object per process; starts nothing.

    Runs are cached in the folder SNIPPETS_MEMORY, or in `.cache/runs` if this environment
    variable is not set. If it is not set but CI or FRESH is, nothing is cached.
    """
    uncached = os.environ.get("CI") or os.environ.get("FRESH")
    cached = os.environ.get("SNIPPETS_MEMORY") or not uncached
    return ProjectRuns(
        Project(_ROOT),
        cache=open_run_cache(_ROOT) if cached else None,
        eager=True,
        report=print_progress,
    )


def run_programs() -> tuple[ProjectRuns, RenderCache]:
    """Return the runs and the render cache, after running all programs without a cached run.

    Every function of a page begins with this; only the first call of a process runs programs.
    """
    runs = project_runs()
    runs.run_all()
    return runs, RenderCache(runs)


def warn_if_unknown(name: str) -> str:
    """Log a warning and return a placeholder if the snippet does not exist, else ""."""
    project = project_runs().project
    with suppress(SnippetError):
        project.path(name)
        return ""
    message = locate_unknown_name(project.root, name, project.names())
    log.warning("%s", message)
    return render_failure(name, message)
