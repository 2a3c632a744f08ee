"""The card of one program in the gallery, in a form that can be cached."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from snippet_engine.humanize import duration
from snippet_engine.rendering.gallery_table import row
from snippet_engine.rendering.gallery_tags import facets
from snippet_engine.rendering.html import escaped
from snippet_engine.rendering.summary import lesson
from snippet_engine.rendering.thumbnail_svg import thumbnail
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import Uses
from snippet_engine.urls import link_to

PAGE = "gallery"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A program in the gallery and on the page of standard library coverage.

    `readable` is False if its file is invalid. `why` is the reason why it was not run or
    analysed, or "". `tags` maps a group to its tags and their labels. `card` and `row`, its
    row in the table of times, are HTML.
    """

    name: str
    title: str
    readable: bool
    why: str
    uses: Uses
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
    def from_json(cls, text: str) -> Exhibit:
        """Return the object that `to_json` wrote as `text`."""
        fields = json.loads(text)
        uses = {what: tuple(names) for what, names in fields["uses"].items()}
        return cls(**{**fields, "uses": Uses(**uses)})


def exhibit_of(
    name: str,
    snippet: Snippet | None = None,
    run: Run | None = None,
    why: str = "",
    uses: Uses | None = None,
) -> Exhibit:
    """Return the gallery entry of the program `name`.

    `snippet` is None if its file is invalid and `run` if it was not run; `why` is the reason.
    `uses` are the standard library names that it uses; None means that they are not known.
    """
    uses = uses or Uses()
    title = snippet.title if snippet else name
    tags = facets(run, uses)
    href = link_to(name, PAGE)
    seen = _plot(run) if run else f"<p>Not run: {escaped(why)}</p>"
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
    return Exhibit(
        name, title, snippet is not None, why, uses, tags, card, row(name, title, href, run)
    )


def _plot(run: Run) -> str:
    seconds = f'<p class="exhibit-seconds">{duration(run.seconds)}</p>'
    if not run.workers:
        return seconds
    said = lesson(run)
    return f'{seconds}{thumbnail(run, said)}<p class="exhibit-lesson">{escaped(said)}</p>'
