"""Pages of the built site as HTML, for tests that need no browser."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from urllib.request import urlopen

from helpers.browser import build_page_url
from helpers.handmade import Page


class Element(NamedTuple):
    """An element of a page; `number` is its position among all elements."""

    number: int
    tag: str
    attributes: dict[str, str | None]
    text: str


class BuiltPage(Page):
    """The HTML of a page, with the ancestors of each element."""

    def __init__(self, html: str) -> None:
        self.ancestors: list[set[int]] = []  # numbers of elements
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ancestors.append({*self.open})
        super().handle_starttag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ancestors.append({*self.open})
        super().handle_startendtag(tag, attrs)

    def select(self, tag: str, css: str = "", inside: Element | None = None) -> list[Element]:
        """Return the elements with a tag name and CSS class, within the element `inside`."""
        return [
            Element(number, name, attrs, "".join(text))
            for number, (name, attrs, text) in enumerate(self.elements)
            if name == tag
            and (not css or css in (attrs.get("class") or "").split())
            and (inside is None or inside.number in self.ancestors[number])
        ]


@cache
def read_page(site: str, chapter: str) -> BuiltPage:
    """Fetch the page of `chapter` and parse it."""
    with urlopen(build_page_url(site, chapter)) as answer:
        assert answer.status == 200
        return BuiltPage(answer.read().decode())
