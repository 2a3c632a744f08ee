"""Coverage of the standard library: names that programs use, and unused names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from snippet_engine.humanize import pluralise
from snippet_engine.rendering.gallery_card import GalleryCard
from snippet_engine.rendering.html import escaped
from snippet_engine.snippet.stdlib_api import MODULES, Category, public_names
from snippet_engine.urls import build_page_url, build_snippet_url, make_identifier

PAGE = "coverage"
MOST = 4  # links to programs for each name; the gallery lists the others

_SORTS: dict[Category, str] = {
    "main": "Classes and functions",
    "low-level": "Low-level: event loops, transports, protocols",
    "exception": "Exceptions",
    "constant": "Constants",
    "deprecated": "Deprecated or removed by Python 3.14",
}


def coverage_of(exhibits: Sequence[GalleryCard]) -> str:
    """Return the names of MODULES as HTML, with the programs that use them.

    Programs with a `reason` that they could not be analysed are listed at the end.
    """
    shown: dict[str, list[GalleryCard]] = {}
    for exhibit in exhibits:
        for name in (*exhibit.uses.names, *exhibit.uses.methods):
            shown.setdefault(name, []).append(exhibit)
    parts = (
        '<div class="coverage">',
        '<ul class="coverage-shares">',
        *(_share(module, shown) for module in MODULES),
        "</ul>",
        *(line for module in MODULES for line in _module(module, shown)),
        *_unread([exhibit for exhibit in exhibits if exhibit.reason]),
        "</div>",
    )
    return "\n".join(parts) + "\n"


def _share(module: str, shown: Mapping[str, object]) -> str:
    """Return the used share of a module's classes and functions, with a bar."""
    names = [name for name, sort in public_names(module).items() if sort == "main"]
    number = sum(f"{module}.{name}" in shown for name in names)
    part = 100 * number / len(names)
    return (
        f'<li data-module="{module}"><a href="#{make_identifier(module)}"><code>{module}</code></a>'
        f"<span>{number} of {len(names)}</span>"
        '<svg width="100%" height="8" aria-hidden="true"><rect class="of" width="100%" height="8"/>'
        f'<rect class="part" width="{part:.1f}%" height="8"/></svg></li>'
    )


def _module(module: str, shown: Mapping[str, Sequence[GalleryCard]]) -> Iterator[str]:
    names = public_names(module)
    here = make_identifier(module)
    yield f'<section aria-labelledby="{here}">'
    yield (
        f'<h2 id="{here}"><code>{module}</code>'
        f'<a class="headerlink" href="#{here}" title="Link to this section"'
        " data-search-exclude>#</a></h2>"
    )
    seen = [name for name in names if f"{module}.{name}" in shown]
    if seen:
        yield "<dl>"
        yield from (_name(module, name, shown) for name in seen)
        yield "</dl>"
    else:
        yield "<p>No program uses it.</p>"
    yield from _others(module, [name for name in names if name not in seen])
    yield "</section>"


def _name(module: str, name: str, shown: Mapping[str, Sequence[GalleryCard]]) -> str:
    """Return the entry of a used name, with its used methods and programs.

    `shown` maps a full name to the programs that use it. A method is included only if the
    class of its object could be determined.
    """
    full = f"{module}.{name}"
    users = shown[full]
    links = [_link(exhibit) for exhibit in users[:MOST]]
    if len(users) > MOST:
        links.append(
            f'<a href="{build_page_url("gallery", PAGE)}#show={full}">all {len(users)}'
            f'<span class="unseen"> that use {full},</span> in the gallery</a>'
        )
    methods = sorted(method.removeprefix(f"{full}.") for method in shown if _of(method, full))
    calls = " ".join(f"<code>.{method}</code>" for method in methods)
    return (
        f"<div><dt><code>{name}</code>{f'<p>{calls}</p>' if calls else ''}</dt>"
        f"<dd>{', '.join(links)}</dd></div>"
    )


def _of(method: str, full: str) -> bool:
    return method.rpartition(".")[0] == full


def _others(module: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the unused names by category, in a closed `<details>` element."""
    if not names:
        return
    sorts = public_names(module)
    order = list(_SORTS)
    ranked = sorted(names, key=lambda name: order.index(sorts[name]))
    lists = "".join(
        f"<p>{_SORTS[sort]}: {' '.join(f'<code>{name}</code>' for name in group)}</p>"
        for sort, group in groupby(ranked, key=lambda name: sorts[name])
    )
    yield (
        f"<details><summary>Shown nowhere: {pluralise(len(names), 'name')}</summary>"
        f'{lists}<p><a href="https://docs.python.org/3/library/{module}.html">'
        f"Python's own page on {module}</a></p></details>"
    )


def _unread(exhibits: Sequence[GalleryCard]) -> Iterator[str]:
    if not exhibits:
        return
    yield '<section class="coverage-unread" aria-labelledby="not-looked-into">'
    yield '<h2 id="not-looked-into">Not looked into</h2>'
    yield "<ul>"
    yield from (
        f'<li data-snippet="{escaped(exhibit.name)}">{_link(exhibit)}:'
        f" {escaped(exhibit.reason)}</li>"
        for exhibit in exhibits
    )
    yield "</ul>"
    yield "</section>"


def _link(exhibit: GalleryCard) -> str:
    """Return the program's title as a link to its panel.

    A program that could not be read has no panel; its link is to the page of its chapter.
    """
    href = (
        build_snippet_url(exhibit.name, PAGE)
        if exhibit.readable
        else build_page_url(exhibit.chapter, PAGE)
    )
    return f'<a href="{escaped(href)}">{escaped(exhibit.title)}</a>'
