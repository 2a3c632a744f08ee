"""The gallery of all programs: thumbnails by chapter, a filter, a table of times.

All content is in the HTML; docs/assets/gallery.js adds filtering and sorting.
Each line begins with a tag and no line is blank, because it is embedded in Markdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from snippet_engine.humanize import pluralise
from snippet_engine.rendering.gallery_card import PAGE, GalleryCard
from snippet_engine.rendering.gallery_table import table
from snippet_engine.rendering.gallery_tags import TAG_GROUPS, TAG_ORDER
from snippet_engine.rendering.html import escaped
from snippet_engine.urls import build_download_url, build_page_url


def render_gallery(exhibits: Sequence[GalleryCard], titles: Mapping[str, str]) -> str:
    """Return the gallery as HTML, grouped by chapter.

    `titles` maps each chapter to its title, in the order of the page; programs of other
    chapters are left out.
    """
    by_chapter = {chapter: [e for e in exhibits if e.chapter == chapter] for chapter in titles}
    in_order = [exhibit for group in by_chapter.values() for exhibit in group]
    total = pluralise(len(in_order), "program")
    parts = (
        # No <article> may be nested in it: the search index resumes at the first end tag.
        '<article class="gallery" data-search-exclude>',
        *_filter(in_order, total),
        '<ul class="gallery-key" aria-label="Marks in the pictures">'
        '<li><svg class="w0" width="20" height="7" aria-hidden="true">'
        '<rect class="run" y="1" width="20" height="5"/></svg>running</li>'
        '<li><svg class="w0" width="20" height="7" aria-hidden="true">'
        '<rect class="wait" y="1" width="20" height="5"/></svg>waiting</li>'
        '<li><svg class="w0" width="20" height="7" aria-hidden="true">'
        '<rect class="alive" y="3" width="20" height="1"/></svg>suspended</li>'
        "<li>each picture has a time scale of its own</li></ul>",
        *(
            line
            for chapter, group in by_chapter.items()
            if group
            for line in _chapter(chapter, titles[chapter], group)
        ),
        *table(exhibit.row for exhibit in in_order),
        "</article>",
    )
    return "\n".join(parts) + "\n"


def _filter(exhibits: Sequence[GalleryCard], total: str) -> Iterator[str]:
    """Yield the filter, with a button for each tag and the number of its programs.

    The style sheet hides it if scripts are disabled.
    """
    groups: dict[str, dict[str, str]] = {group: {} for group in TAG_GROUPS}
    counts: Counter[str] = Counter()
    for exhibit in exhibits:
        for group, tags in exhibit.tags.items():
            groups[group] |= tags
            counts.update(tags.keys())
    yield '<div class="gallery-filter" role="group" aria-label="Show only programs with">'
    for group, tags in groups.items():
        if not tags:
            continue
        order = sorted(tags, key=lambda tag: TAG_ORDER.get(tag, tag.casefold()))
        buttons = "".join(
            f'<button type="button" aria-pressed="false" value="{escaped(tag)}">'
            f"{escaped(tags[tag])} <span>{counts[tag]}</span></button>"
            for tag in order
        )
        if group == "Names":
            yield (
                f'<details class="gallery-names"><summary>Names: {len(tags)}</summary>'
                f'<div role="group" aria-label="Names">{buttons}</div></details>'
            )
        else:
            yield f'<div role="group" aria-label="{group}"><b>{group}</b><div>{buttons}</div></div>'
    yield "</div>"
    yield (
        f'<p class="gallery-count"><span role="status">{total}</span>'
        ' <button type="button" class="gallery-all" hidden>Show all</button></p>'
    )
    yield (
        '<p class="gallery-none" hidden>No program has all of these.'
        " Press one of the buttons again to let go of it.</p>"
    )


def _chapter(chapter: str, title: str, exhibits: Sequence[GalleryCard]) -> Iterator[str]:
    yield f'<section class="gallery-chapter" aria-labelledby="gallery-{escaped(chapter)}">'
    yield (
        f'<h2 id="gallery-{escaped(chapter)}" data-search-exclude>'
        f'<a href="{escaped(build_page_url(chapter, PAGE))}">{escaped(title)}</a></h2>'
    )
    file = f"{chapter}.zip"
    yield (
        f'<p class="gallery-download"><a href="{escaped(build_download_url(file, PAGE))}" download'
        f' aria-label="Download {escaped(file)}">{escaped(file)}</a></p>'
    )
    yield "<ol>"
    yield from (exhibit.card for exhibit in exhibits)
    yield "</ol>"
    yield "</section>"
