"""Relative URLs of pages, snippet panels and downloads of the site.

With SNIPPETS_LINKS=source in the environment, links point from one Markdown source to
another, for a site generator that converts such links (in HTML too) into URLs.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote

HOME_CHAPTER = "index"  # the chapter that is the site's first page
DOWNLOADS_FOLDER = "downloads"  # the folder of the downloads, in docs and on the site
ALL_PROGRAMS = "all-programs"  # the zip of every program


def make_identifier(name: str) -> str:
    """Return the HTML id for a snippet or module name, with "-" for "/" and "."."""
    return re.sub(r"[^\w-]", "-", name)


def build_page_url(chapter: str, current_page: str) -> str:
    """Return the URL of the page of `chapter`, relative to the page `current_page`.

    It is empty if both are the same page.
    """
    if chapter == current_page:
        return ""
    if has_source_links():
        return f"{chapter}.md"
    root = _build_path_to_root(current_page)
    return root if chapter == HOME_CHAPTER else f"{root}{chapter}/"


def build_snippet_url(name: str, current_page: str) -> str:
    """Return the URL of the panel of the snippet `name`, relative to the page `current_page`."""
    return f"{build_page_url(name.partition('/')[0], current_page)}#{make_identifier(name)}"


def build_download_url(file: str, current_page: str) -> str:
    """Return the URL of a download, relative to the page `current_page`.

    `file` is its path in the downloads folder, such as "threads/thread-pool.py".
    """
    return f"{_build_path_to_root(current_page)}{DOWNLOADS_FOLDER}/{quote(file)}"


def build_source_url(path: str) -> str:
    """Return the URL of the file `path` in the repository's web view, "" if unknown.

    It is derived from the environment variables REPO_URL and EDIT_URI, from which the site's
    configuration also builds its edit links: `edit/main/docs/` becomes `blob/main/`.
    """
    repository, edit = os.environ.get("REPO_URL", ""), os.environ.get("EDIT_URI", "")
    branch = re.fullmatch(r"((?:-/)?)edit/(.+)/docs/", edit)
    if not repository or not branch:
        return ""
    return f"{repository.rstrip('/')}/{branch[1]}blob/{branch[2]}/{quote(path)}"


def _build_path_to_root(current_page: str) -> str:
    """Return the relative path from the page `current_page` to the root of the site.

    Each page except the first is built as a folder, so its root is one level up.
    """
    return "" if current_page == HOME_CHAPTER or has_source_links() else "../"


def has_source_links() -> bool:
    """Return True if links must point to Markdown sources rather than to built pages."""
    return os.environ.get("SNIPPETS_LINKS") == "source"
