"""Relative URLs of pages, panels, downloads and sources."""

from __future__ import annotations

import pytest

from snippet_engine.urls import (
    build_download_url,
    build_page_url,
    build_snippet_url,
    build_source_url,
    make_identifier,
)


def test_urls_are_relative_to_the_current_page() -> None:
    assert build_snippet_url("threads/thread-pool", "index") == "threads/#threads-thread-pool"
    assert build_snippet_url("threads/thread-pool", "locks") == "../threads/#threads-thread-pool"
    assert build_snippet_url("threads/thread-pool", "threads") == "#threads-thread-pool"
    assert build_snippet_url("index/side", "gallery") == "../#index-side"
    assert build_snippet_url("shared-state/two", "gallery") == "../shared-state/#shared-state-two"
    assert build_snippet_url("shared-state/two", "shared-state") == "#shared-state-two"
    assert build_snippet_url("shared-state/two", "index") == "shared-state/#shared-state-two"
    assert build_snippet_url("index/side", "index") == "#index-side"
    assert build_page_url("index", "threads") == "../"
    assert build_download_url("threads/a b.py", "threads") == "../downloads/threads/a%20b.py"
    assert build_download_url("all-programs.zip", "index") == "downloads/all-programs.zip"


def test_links_point_to_markdown_sources_if_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SNIPPETS_LINKS", "source")
    assert build_snippet_url("threads/thread-pool", "locks") == "threads.md#threads-thread-pool"
    assert build_snippet_url("threads/thread-pool", "threads") == "#threads-thread-pool"
    assert build_download_url("threads/x.py", "threads") == "downloads/threads/x.py"


def test_identifier_has_no_slash_and_no_dot() -> None:
    assert make_identifier("concurrent.futures/a-b_c") == "concurrent-futures-a-b_c"


@pytest.mark.parametrize(
    ("repository", "edit", "url"),
    [
        ("https://h/o/r", "edit/main/docs/", "https://h/o/r/blob/main/snippets/a/x%20y.py"),
        ("https://h/o/r/", "-/edit/a/b/docs/", "https://h/o/r/-/blob/a/b/snippets/a/x%20y.py"),
        ("https://h/o/r", "", ""),
        ("https://h/o/r", "elsewhere/", ""),
        ("", "edit/main/docs/", ""),
    ],
)
def test_source_url_needs_the_repository_and_its_edit_path(
    repository: str, edit: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_URL", repository)
    monkeypatch.setenv("EDIT_URI", edit)
    assert build_source_url("snippets/a/x y.py") == url
