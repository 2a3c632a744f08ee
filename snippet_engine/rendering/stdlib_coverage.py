"""Coverage of the standard library: names that programs use, and unused names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from snippet_engine.humanize import pluralise
from snippet_engine.rendering.gallery_card import GalleryCard
from snippet_engine.rendering.html import escape_text
from snippet_engine.snippet.stdlib_api import MODULES
from snippet_engine.snippet.stdlib_names import NAMES, Category
from snippet_engine.urls import build_page_url, build_snippet_url, make_identifier

PAGE = "coverage"
MAX_LINKS = 4  # links to programs for each name; the gallery lists the others

_CATEGORY_TITLES: dict[Category, str] = {
    "main": "Classes and functions",
    "low-level": "Low-level: event loops, transports, protocols",
    "exception": "Exceptions",
    "constant": "Constants",
    "deprecated": "Deprecated",
}


def render_coverage(cards: Sequence[GalleryCard]) -> str:
    """Return the names of MODULES as HTML, with the programs that use them.

    Programs with a `reason` why they could not be analysed are listed at the end.
    """
    users_of: dict[str, list[GalleryCard]] = {}
    for card in cards:
        for name in (*card.uses.names, *card.uses.methods):
            users_of.setdefault(name, []).append(card)
    parts = (
        '<div class="coverage">',
        '<ul class="coverage-shares">',
        *(_render_share(module, users_of) for module in MODULES),
        "</ul>",
        *(line for module in MODULES for line in _render_module(module, users_of)),
        *_render_unanalyzed([card for card in cards if card.reason]),
        "</div>",
    )
    return "\n".join(parts) + "\n"


def _render_share(module: str, users_of: Mapping[str, object]) -> str:
    """Return the used share of a module's classes and functions, with a bar."""
    names = [name for name, category in NAMES[module].items() if category == "main"]
    number = sum(f"{module}.{name}" in users_of for name in names)
    percentage = 100 * number / len(names)
    return (
        f'<li data-module="{module}"><a href="#{make_identifier(module)}"><code>{module}</code></a>'
        f"<span>{number} of {len(names)}</span>"
        '<svg width="100%" height="8" aria-hidden="true"><rect class="of" width="100%" height="8"/>'
        f'<rect class="part" width="{percentage:.1f}%" height="8"/></svg></li>'
    )


def _render_module(module: str, users_of: Mapping[str, Sequence[GalleryCard]]) -> Iterator[str]:
    names = NAMES[module]
    identifier = make_identifier(module)
    yield f'<section aria-labelledby="{identifier}">'
    yield (
        f'<h2 id="{identifier}"><code>{module}</code>'
        f'<a class="headerlink" href="#{identifier}" title="Link to this section"'
        " data-search-exclude>#</a></h2>"
    )
    used = [name for name in names if f"{module}.{name}" in users_of]
    if used:
        yield "<dl>"
        yield from (_render_name(module, name, users_of) for name in used)
        yield "</dl>"
    else:
        yield "<p>No program uses it.</p>"
    yield from _render_unused(module, [name for name in names if name not in used])
    yield "</section>"


def _render_name(module: str, name: str, users_of: Mapping[str, Sequence[GalleryCard]]) -> str:
    """Return the entry of a used name, with its used methods and programs.

    `users_of` maps a full name to the programs that use it. A method is included only if the
    class of its object could be determined.
    """
    full = f"{module}.{name}"
    users = users_of[full]
    links = [_render_link(card) for card in users[:MAX_LINKS]]
    if len(users) > MAX_LINKS:
        links.append(
            f'<a href="{build_page_url("gallery", PAGE)}#show={full}">all {len(users)}'
            f'<span class="unseen"> that use {full},</span> in the gallery</a>'
        )
    methods = sorted(
        method.removeprefix(f"{full}.") for method in users_of if _is_method_of(method, full)
    )
    calls = " ".join(f"<code>.{method}</code>" for method in methods)
    return (
        f"<div><dt><code>{name}</code>{f'<p>{calls}</p>' if calls else ''}</dt>"
        f"<dd>{', '.join(links)}</dd></div>"
    )


def _is_method_of(method: str, full: str) -> bool:
    return method.rpartition(".")[0] == full


def _render_unused(module: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the unused names by category, in a closed `<details>` element."""
    if not names:
        return
    categories = NAMES[module]
    order = list(_CATEGORY_TITLES)
    ranked = sorted(names, key=lambda name: order.index(categories[name]))
    lists = "".join(
        f"<p>{_CATEGORY_TITLES[category]}: {' '.join(f'<code>{name}</code>' for name in group)}</p>"
        for category, group in groupby(ranked, key=lambda name: categories[name])
    )
    yield (
        f"<details><summary>Shown nowhere: {pluralise(len(names), 'name')}</summary>"
        f'{lists}<p><a href="https://docs.python.org/3/library/{module}.html">'
        f"Python's own page on {module}</a></p></details>"
    )


def _render_unanalyzed(cards: Sequence[GalleryCard]) -> Iterator[str]:
    if not cards:
        return
    yield '<section class="coverage-unread" aria-labelledby="not-looked-into">'
    yield '<h2 id="not-looked-into">Not looked into</h2>'
    yield "<ul>"
    yield from (
        f'<li data-snippet="{escape_text(card.name)}">{_render_link(card)}:'
        f" {escape_text(card.reason)}</li>"
        for card in cards
    )
    yield "</ul>"
    yield "</section>"


def _render_link(card: GalleryCard) -> str:
    """Return the program's title as a link to its panel.

    A program that could not be read has no panel; its link is to the page of its chapter.
    """
    href = (
        build_snippet_url(card.name, PAGE) if card.readable else build_page_url(card.chapter, PAGE)
    )
    return f'<a href="{escape_text(href)}">{escape_text(card.title)}</a>'
