"""The card of one program in the gallery, in a form that can be cached."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from snippet_engine.humanize import format_duration
from snippet_engine.rendering.gallery_table import row
from snippet_engine.rendering.gallery_tags import find_tags
from snippet_engine.rendering.html import escaped
from snippet_engine.rendering.summary import summarise_run
from snippet_engine.rendering.thumbnail_svg import render_thumbnail
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import StdlibUsage
from snippet_engine.urls import build_snippet_url

PAGE = "gallery"


@dataclass(frozen=True, slots=True)
class GalleryCard:
    """A program in the gallery and on the page of standard library coverage.

    `readable` is False if its file is invalid. `reason` is why it was not run or
    analysed, or "". `tags` maps a group to its tags and their labels. `card` and `row`, its
    row in the table of times, are HTML.
    """

    name: str
    title: str
    readable: bool
    reason: str
    uses: StdlibUsage
    tags: dict[str, dict[str, str]]
    card: str
    row: str

    @property
    def chapter(self) -> str:
        """Return the name of its folder in `snippets/`, which is also that of its page."""
        return self.name.partition("/")[0]

    def to_json(self) -> str:
        """Return the entry as JSON text, to be read by `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> GalleryCard:
        """Return the object that `to_json` wrote as `text`."""
        fields = json.loads(text)
        uses = {what: tuple(names) for what, names in fields["uses"].items()}
        return cls(**{**fields, "uses": StdlibUsage(**uses)})


def build_card(
    name: str,
    snippet: Snippet | None = None,
    run: Run | None = None,
    reason: str = "",
    uses: StdlibUsage | None = None,
) -> GalleryCard:
    """Return the gallery entry of the program `name`.

    `snippet` is None if its file is invalid and `run` if it was not run; `reason` is why.
    `uses` are the standard library names that it uses; None means that they are not known.
    """
    uses = uses or StdlibUsage()
    title = snippet.title if snippet else name
    tags = find_tags(run, uses)
    href = build_snippet_url(name, PAGE)
    seen = _plot(run) if run else f"<p>Not run: {escaped(reason)}</p>"
    names = " ".join(f"<code>{escaped(name)}</code>" for name in uses.names)
    used = f'<p class="exhibit-uses">{names}</p>' if names else ""
    found_by = " ".join(tag for group in tags.values() for tag in group)
    measured = f' data-seconds="{run.seconds:.2f}"' if run else ""
    card = (
        f'<li class="exhibit{"" if run else " is-missing"}" data-snippet="{escaped(name)}"'
        f' data-tags="{escaped(found_by)}"{measured}>'
        f'<h3><a href="{escaped(href)}">{escaped(title)}</a></h3>'
        f"{seen}{used}</li>"
    )
    return GalleryCard(
        name, title, snippet is not None, reason, uses, tags, card, row(name, title, href, run)
    )


def _plot(run: Run) -> str:
    seconds = f'<p class="exhibit-seconds">{format_duration(run.seconds)}</p>'
    if not run.workers:
        return seconds
    said = summarise_run(run)
    return f'{seconds}{render_thumbnail(run, said)}<p class="exhibit-lesson">{escaped(said)}</p>'
