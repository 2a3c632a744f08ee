"""Fixtures of several test modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from helpers.browser import (
    FLAGS,
    HEADLESS,
    EmptySearchHandler,
    MonitoredPage,
    build_site,
    monitor,
    serve_folder,
)
from helpers.evaluation import SnippetExample
from helpers.repository import PROJECT, ROOT, MakeOnce, has_fixture, list_selected_snippets

from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_all import run_snippets
from snippet_engine.project.run_cache import RunCache

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark tests that need a built site, then order the selected tests.

    Modules with few tests run first, because these tests take longest and should not delay
    the end. One test of the whole site is first of all, to start its build early.
    """
    for item in items:
        if has_fixture(item, "site_folder", "small_site", "browser"):
            item.add_marker("site")
    yield
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: sizes[item.path])
    if first := next((item for item in items if has_fixture(item, "site_folder")), None):
        items.insert(0, items.pop(items.index(first)))


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A temporary folder shared by all workers of this session."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def make_once(session_folder: Path) -> MakeOnce:
    """A function that returns a folder of this session, made by the first call in any worker."""

    def make_folder(name: str, make: Callable[[Path], None]) -> Path:
        folder, unfinished = session_folder / name, session_folder / f"{name}-unfinished"
        with FileLock(session_folder / f"{name}.lock"):
            if not folder.exists():
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return make_folder


@pytest.fixture(scope="session", autouse=True)
def run_cache(request: pytest.FixtureRequest, make_once: MakeOnce) -> Path:
    """The folder of the run cache, with a run of each snippet that the selected tests need.

    No test starts in any worker before all of these programs have ended, because the load of
    tests would distort the times of programs that must run alone. Runs that differ from their
    recording are cached too, so that every test judges the same run.
    """
    names = list_selected_snippets(request.session.items, "project_runs")
    if any(has_fixture(item, "site_folder") for item in request.session.items):
        names = PROJECT.names()

    def make(target: Path) -> None:
        cache = RunCache(target)
        target.mkdir()
        runs = ProjectRuns(Project(ROOT), cache=cache)
        for result in run_snippets(runs, names):
            if result.run and result.error:
                cache.store(runs.cache_key(runs.project.read(result.name)), result.run)

    return make_once("runs", make)


@pytest.fixture(scope="session")
def project_runs(run_cache: Path) -> ProjectRuns:
    """The project's snippets, with the runs of this session."""
    return ProjectRuns(Project(ROOT), cache=RunCache(run_cache))


@pytest.fixture
def eval_example(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    project_runs: ProjectRuns,
    _examples_to_update: list,
) -> Iterator[SnippetExample]:
    """The fixture of pytest-examples, with programs run by the engine."""
    evaluator = SnippetExample(project_runs, tmp_path=tmp_path, pytest_request=request)
    yield evaluator
    if evaluator.update_examples:
        _examples_to_update.extend(evaluator.to_update)


@pytest.fixture(scope="session")
def site_folder(make_once: MakeOnce, run_cache: Path) -> Path:
    """The site, built once per session with `--strict`."""

    def make(target: Path) -> None:
        result = build_site(ROOT, target, SNIPPETS_MEMORY=str(run_cache))
        assert result.returncode == 0, result.stderr

    return make_once("site", make)


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The URL of the site with an empty search index, which loads faster."""
    with serve_folder(site_folder, EmptySearchHandler) as url:
        yield url


@pytest.fixture(scope="session")
def searchable_site(site_folder: Path) -> Iterator[str]:
    """The URL of the site with its search index."""
    with serve_folder(site_folder) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new browser context that may use the clipboard."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Iterator[Page]:
    """One browser page for many tests, which is faster than a new one for each."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


@pytest.fixture
def monitored(shared_page: Page, site: str) -> Iterator[MonitoredPage]:
    """A page of the site; the test fails on console messages and foreign requests."""
    with monitor(shared_page, site) as page:
        yield page
