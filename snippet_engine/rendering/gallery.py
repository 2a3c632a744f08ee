"""The gallery of all programs: thumbnails by chapter, a filter, a table of times.

All content is in the HTML; docs/assets/gallery.js adds filtering and sorting.
Each line begins with a tag and no line is blank, because it is embedded in Markdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from snippet_engine.humanize import pluralise
from snippet_engine.rendering.gallery_card import COLUMNS, PAGE, GalleryCard
from snippet_engine.rendering.gallery_tags import TAG_GROUPS, TAG_ORDER
from snippet_engine.rendering.html import render_template
from snippet_engine.urls import build_download_url, build_page_url


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the gallery, with links to its page and its zip file."""

    name: str
    title: str
    cards: Sequence[GalleryCard]

    @property
    def url(self) -> str:
        """Return the URL of its page, relative to the gallery."""
        return build_page_url(self.name, PAGE)

    @property
    def download(self) -> str:
        """Return the name of its zip file."""
        return f"{self.name}.zip"

    @property
    def download_url(self) -> str:
        """Return the URL of its zip file, relative to the gallery."""
        return build_download_url(self.download, PAGE)


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the filter, with the number of programs that have its tag."""

    tag: str
    label: str
    count: int


def render_gallery(cards: Sequence[GalleryCard], titles: Mapping[str, str]) -> Markup:
    """Return the gallery as HTML, grouped by chapter.

    `titles` maps each chapter to its title, in the order of the page; programs of other
    chapters are left out.
    """
    chapters = [
        Chapter(name, title, [card for card in cards if card.chapter == name])
        for name, title in titles.items()
    ]
    shown = [card for chapter in chapters for card in chapter.cards]
    html = render_template(
        "gallery.html",
        filter=_list_buttons(shown),
        total=pluralise(len(shown), "program"),
        chapters=[chapter for chapter in chapters if chapter.cards],
        columns={heading: measure for heading, (measure, _) in COLUMNS.items()},
    )
    return html + "\n"


def _list_buttons(cards: Sequence[GalleryCard]) -> Mapping[str, Sequence[Button]]:
    """Return the buttons of the filter by group, without groups that have none."""
    labels: dict[str, dict[str, str]] = {group: {} for group in TAG_GROUPS}
    counts: Counter[str] = Counter()
    for card in cards:
        for group, tags in card.tags.items():
            labels[group] |= tags
            counts.update(tags.keys())
    return {
        group: [
            Button(tag, tags[tag], counts[tag])
            for tag in sorted(tags, key=lambda tag: TAG_ORDER.get(tag, tag.casefold()))
        ]
        for group, tags in labels.items()
        if tags
    }
