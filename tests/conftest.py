"""What several test modules share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from evaluation import SnippetExample

from snippet_engine.library import Library

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest) -> Library:
    """The project's snippets; those that the chosen tests name are started at once."""
    library = Library(ROOT)
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
