"""What several test modules share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, FLAGS, Watched, build, served
from evaluation import SnippetExample
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from snippet_engine.library import Library
from snippet_engine.memory import Memory

ROOT = Path(__file__).parent.parent


# Modules of many tests that share nothing that is costly to make.
APART = {"test_hostile", "test_execution", "test_probe", "test_sandbox", "test_site", "test_replay"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs all snippets, and what `make check` spreads over its workers one by one."""
    for item in items:
        assert isinstance(item, pytest.Function)
        if {"library", "unprobed"} & {*item.fixturenames}:
            item.add_marker("alone")
        elif item.module.__name__ in APART:
            item.add_marker("apart")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this session know."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def memory(shared: Path) -> Path:
    """What the runs of this session are remembered in: each snippet is run once for all tests."""
    return Path(os.environ.get("TESTS_MEMORY") or shared / "runs")


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest, memory: Path) -> Library:
    """The project's snippets; those that the chosen tests name are started at once."""
    library = Library(ROOT, memory=Memory(memory), eager=False)
    library.start(
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and "library" in item.fixturenames
        and "name" in item.callspec.params
    )
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
def site(shared: Path, memory: Path) -> Iterator[str]:
    """The address of the site, built strictly and once for these tests."""
    folder = shared / "site"
    with FileLock(shared / "site.lock"):
        if not folder.exists():
            result = build(ROOT, shared / "building", SNIPPETS_MEMORY=str(memory))
            assert result.returncode == 0, result.stderr
            (shared / "building").rename(folder)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def watched(context: BrowserContext, site: str) -> Iterator[Watched]:
    """A watched page; the test fails if anything went wrong on it."""
    watched = Watched(context.new_page(), site)
    yield watched
    assert watched.faults == []
