"""Pages of the built site as HTML, for what can be asked without a browser."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from urllib.request import urlopen

from helpers.browser import address_of
from helpers.handmade import Page


class Element(NamedTuple):
    """An element of a page, with its place among all of them."""

    number: int
    tag: str
    attributes: dict[str, str | None]
    text: str


class Built(Page):
    """A page as it was built, and what stands in what."""

    def __init__(self, html: str) -> None:
        self.around: list[set[int]] = []  # of each element, the numbers of those it stands in
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.around.append({*self.open})
        super().handle_starttag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.around.append({*self.open})
        super().handle_startendtag(tag, attrs)

    def select(self, tag: str, css: str = "", inside: Element | None = None) -> list[Element]:
        """The elements called `tag` of the class `css`, in order; those inside of one, if given."""
        return [
            Element(number, name, attrs, "".join(text))
            for number, (name, attrs, text) in enumerate(self.found)
            if name == tag
            and (not css or css in (attrs.get("class") or "").split())
            and (inside is None or inside.number in self.around[number])
        ]


@cache
def built(site: str, chapter: str) -> Built:
    """The page of a chapter, as it is served."""
    with urlopen(address_of(site, chapter)) as answer:
        assert answer.status == 200
        return Built(answer.read().decode())
