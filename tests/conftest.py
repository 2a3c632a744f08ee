"""What several test modules share."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from helpers.browser import FLAGS, HEADLESS, Unsearched, Watched, build, served, watching
from helpers.evaluation import SnippetExample
from helpers.repository import LIBRARY, ROOT, Once, named

from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what looks at a built site, then put those left in order.

    One test that has all snippets run comes first, as that takes long; what needs runs, last.
    The fewer tests a module has, the longer they wait: those begin early, so that none is
    waited for at the end.
    """

    def needs(item: pytest.Item, *fixtures: str) -> bool:
        return isinstance(item, pytest.Function) and not {*fixtures}.isdisjoint(item.fixturenames)

    for item in items:
        if needs(item, "site_folder", "small_site", "browser"):
            item.add_marker("site")
    yield
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (needs(item, "running"), sizes[item.path]))
    for fixture in ("site_folder", "running"):
        if first := next((item for item in items if needs(item, fixture)), None):
            items.insert(0, items.pop(items.index(first)))
            break


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this session know."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def once(shared: Path) -> Once:
    """What makes a folder of this session, which the first worker that asks makes for all."""

    def folder_of(name: str, make: Callable[[Path], None]) -> Path:
        folder, making = shared / name, shared / f"{name}-in-making"
        with FileLock(shared / f"{name}.lock"):
            if not folder.exists():
                make(making)
                making.rename(folder)
        return folder

    return folder_of


@pytest.fixture(scope="session")
def memory(shared: Path) -> Path:
    """What the runs of this session are remembered in: each snippet is run once for all tests."""
    return Path(os.environ.get("TESTS_MEMORY") or shared / "runs")


@pytest.fixture(scope="session")
def running(memory: Path) -> FileLock:
    """Held by whoever runs all snippets: the others find what that one remembered."""
    memory.mkdir(parents=True, exist_ok=True)
    return FileLock(memory / ".running")


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest, memory: Path, running: FileLock) -> Library:
    """The project's snippets; those that the chosen tests name have been run."""
    library = Library(ROOT, memory=Memory(memory), eager=False)
    names = named(request, "library")
    with running:
        library.start(names)
        for name in names:
            with suppress(SnippetError, ExecutionError):  # its own test tells
                library.run(name)
    return library


@pytest.fixture
def eval_example(
    tmp_path: Path, request: pytest.FixtureRequest, library: Library, _examples_to_update: list
) -> Iterator[SnippetExample]:
    """pytest-examples' own fixture, its runs made by the engine."""
    evaluator = SnippetExample(library, tmp_path=tmp_path, pytest_request=request)
    yield evaluator
    if evaluator.update_examples:
        _examples_to_update.extend(evaluator.to_update)


@pytest.fixture(scope="session")
def site_folder(once: Once, memory: Path, running: FileLock) -> Path:
    """The site, built strictly and once for these tests."""

    def make(target: Path) -> None:
        with running:
            result = build(ROOT, target, SNIPPETS_MEMORY=str(memory))
            if _disturbed(result.stderr):
                result = build(ROOT, target, SNIPPETS_MEMORY=str(memory))
        assert result.returncode == 0, result.stderr

    return once("site", make)


def _disturbed(told: str) -> bool:
    """Whether a build warns of nothing but workers that were not at work at once, run alone.

    Here other tests run beside them, and now and then one of two threads has ended before the
    other gets a core. Any other claim that does not hold is a failure at once.
    """
    warnings = re.findall(r"^WARNING .*", told, re.MULTILINE)
    claim = re.compile(r"snippets/(\S+)\.\w+: a claim does not hold: overlap ")
    claims = [claim.search(one) for one in warnings]
    return bool(claims) and all(found and LIBRARY.read(found[1]).alone for found in claims)


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the site, for visits on which nobody searches."""
    with served(site_folder, Unsearched) as address:
        yield address


@pytest.fixture(scope="session")
def searched(site_folder: Path) -> Iterator[str]:
    """The address of the site with the index of its search."""
    with served(site_folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[Page]:
    """One reader for many tests, who goes from page to page, and so need not come anew to each."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


@pytest.fixture
def watched(visitor: Page, site: str) -> Iterator[Watched]:
    """A watched page of the site; the test fails if anything went wrong on it."""
    with watching(visitor, site) as watched:
        yield watched
