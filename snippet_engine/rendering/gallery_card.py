"""The card of one program in the gallery, in a form that can be cached."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from markupsafe import Markup

from snippet_engine.checking.claims import MEASURES
from snippet_engine.humanize import format_duration, format_size
from snippet_engine.rendering.gallery_tags import find_tags
from snippet_engine.rendering.summary import summarise_run
from snippet_engine.rendering.thumbnail_svg import render_thumbnail
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import StdlibUsage
from snippet_engine.urls import build_snippet_url

PAGE = "gallery"
NO_THUMBNAIL = Markup()

# In a shorter run the interpreter's start dominates the CPU time, and so the cores used.
MIN_SECONDS_FOR_CORES = 0.2

# Heading in the table of times: name of the measure, and the function that formats it.
COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "Time": ("seconds", format_duration),
    "CPU time": ("cpu-seconds", format_duration),
    "Cores used": ("cores-used", lambda number: f"{number:.2f}"),
    "Peak memory": ("memory", lambda number: format_size(int(number))),
    "Workers": ("workers", lambda number: f"{number:.0f}"),
}


@dataclass(frozen=True, slots=True)
class GalleryCard:
    """A program in the gallery and on the page of standard library coverage.

    `readable` is False if its file is invalid. `reason` is why it was not run or analysed,
    or "". `tags` maps a group to its tags and their labels. `seconds` is "" if it was not
    run. `measurements` are the cells of its row in the table of times, each a value with its
    text, or None if it was not measured.
    """

    name: str
    title: str
    readable: bool
    reason: str
    uses: StdlibUsage
    tags: dict[str, dict[str, str]]
    seconds: str = ""
    duration: str = ""
    caption: str = ""
    thumbnail: Markup = NO_THUMBNAIL
    measurements: tuple[tuple[float, str] | None, ...] = (None,) * len(COLUMNS)

    @property
    def chapter(self) -> str:
        """Return the name of its folder in `snippets/`, which is also that of its page."""
        return self.name.partition("/")[0]

    @property
    def url(self) -> str:
        """Return the URL of its panel, relative to the gallery."""
        return build_snippet_url(self.name, PAGE)

    @property
    def tag_names(self) -> list[str]:
        """Return its tags of all groups."""
        return [tag for group in self.tags.values() for tag in group]

    def to_json(self) -> str:
        """Return the card as JSON text, to be read by `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> GalleryCard:
        """Return the object that `to_json` wrote as `text`."""
        fields = json.loads(text)
        uses = {kind: tuple(names) for kind, names in fields["uses"].items()}
        fields["uses"] = StdlibUsage(**uses)
        fields["thumbnail"] = Markup(fields["thumbnail"])  # noqa: S704 # from our own cache
        return cls(**fields)


def build_card(
    name: str,
    snippet: Snippet | None = None,
    run: Run | None = None,
    reason: str = "",
    uses: StdlibUsage | None = None,
) -> GalleryCard:
    """Return the gallery card of the program `name`.

    `snippet` is None if its file is invalid and `run` if it was not run; `reason` is why.
    `uses` are the standard library names that it uses; None means that they are not known.
    """
    uses = uses or StdlibUsage()
    title = snippet.title if snippet else name
    readable = snippet is not None
    tags = find_tags(run, uses)
    if run is None:
        return GalleryCard(name, title, readable, reason, uses, tags)
    caption = summarise_run(run) if run.workers else ""
    return GalleryCard(
        name,
        title,
        readable,
        reason,
        uses,
        tags,
        seconds=f"{run.seconds:.2f}",
        duration=format_duration(run.seconds),
        caption=caption,
        thumbnail=render_thumbnail(run, caption) if run.workers else NO_THUMBNAIL,
        measurements=tuple(_measure(run, *column) for column in COLUMNS.values()),
    )


def _measure(
    run: Run, measure: str, format_value: Callable[[float], str]
) -> tuple[float, str] | None:
    value = MEASURES[measure](run)
    is_too_short = measure == "cores-used" and run.seconds < MIN_SECONDS_FOR_CORES
    if not value or is_too_short:  # 0 means that it was not measured
        return None
    return value, format_value(value)
