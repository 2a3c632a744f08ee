"""Where a program stands on the site, as seen from one of its pages."""

from __future__ import annotations

import re

FIRST = "index"  # the chapter that is the site's first page


def identifier(name: str) -> str:
    """The id of the panel of the snippet `name` on its page, or of a module: no `/` or `.`."""
    return re.sub(r"[^\w-]", "-", name)


def page_of(chapter: str, here: str) -> str:
    """The page of `chapter`, as seen from the page `here`; empty where that is the same."""
    if chapter == here:
        return ""
    up = "" if here == FIRST else "../"
    return up if chapter == FIRST else f"{up}{chapter}/"


def link_to(name: str, here: str) -> str:
    """The panel of the snippet `name`, as seen from the page `here`."""
    return f"{page_of(name.partition('/')[0], here)}#{identifier(name)}"
