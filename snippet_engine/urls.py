"""Where a program stands on the site, and its download, as seen from one of its pages.

With SNIPPETS_LINKS=source in the environment, links lead from one page's source to
another's, for a generator that turns such links, in HTML too, into addresses.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote

FIRST = "index"  # the chapter that is the site's first page
DOWNLOADS = "downloads"  # the folder of what can be downloaded, in docs and on the site
ALL = "all-programs"  # the zip of every program


def identifier(name: str) -> str:
    """The id of the panel of the snippet `name` on its page, or of a module: no `/` or `.`."""
    return re.sub(r"[^\w-]", "-", name)


def page_of(chapter: str, here: str) -> str:
    """The page of `chapter`, as seen from the page `here`; empty where that is the same."""
    if chapter == here:
        return ""
    if from_sources():
        return f"{chapter}.md"
    return _up(here) if chapter == FIRST else f"{_up(here)}{chapter}/"


def link_to(name: str, here: str) -> str:
    """The panel of the snippet `name`, as seen from the page `here`."""
    return f"{page_of(name.partition('/')[0], here)}#{identifier(name)}"


def download_of(file: str, here: str) -> str:
    """The download `file` ("threads/thread-pool.py"), as seen from the page `here`."""
    return f"{_up(here)}{DOWNLOADS}/{quote(file)}"


def source_of(path: str) -> str:
    """Return the address at which the repository shows the file `path`; empty if not known.

    From REPO_URL and EDIT_URI of the environment, with which the site's configuration makes
    the edit links of pages: `edit/main/docs/` becomes `blob/main/`.
    """
    repository, edit = os.environ.get("REPO_URL", ""), os.environ.get("EDIT_URI", "")
    branch = re.fullmatch(r"((?:-/)?)edit/(.+)/docs/", edit)
    if not repository or not branch:
        return ""
    return f"{repository.rstrip('/')}/{branch[1]}blob/{branch[2]}/{quote(path)}"


def _up(here: str) -> str:
    """From the page `here` to the top of the site: each page but the first is a folder."""
    return "" if here == FIRST or from_sources() else "../"


def from_sources() -> bool:
    """Whether links lead from source to source, as another generator wants them."""
    return os.environ.get("SNIPPETS_LINKS") == "source"
