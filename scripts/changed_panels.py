"""Summarise the panels that a pull request changes, as Markdown for a job summary.

    python scripts/changed_panels.py BASE HEAD [--artifact URL]

BASE and HEAD are built sites. Reported are changes of programs, output, exit statuses, and
the number and kinds of lanes; not times, nor what a snippet's metadata allows to vary. Run
it in the project that HEAD was built from.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snippet_engine.checking.output_diff import diff_outputs
from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Project
from snippet_engine.run import Stream
from snippet_engine.snippet.model import Snippet

SERVER_URL = "http://localhost:8000/"  # of `python -m http.server`
# In characters; a job summary is limited to 1 MiB:
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
MAX_DIFF = 4_000
MAX_DIFFS = 200_000


@dataclass(frozen=True, slots=True)
class Panel:
    """The facts of one panel, as the build wrote them; see `panel_facts`."""

    name: str
    page: str
    code: str = ""
    ending: str = ""
    failed: bool = False
    lines: list[tuple[Stream, str]] = field(default_factory=list)
    lanes: dict[str, int] = field(default_factory=dict)


def read_panels(site: Path) -> dict[str, Panel]:
    """Return the panels of the site built into the folder `site`, by snippet name.

    Raise FileNotFoundError if it was not built there.
    """
    facts = json.loads((site / "panels.json").read_text(encoding="utf-8"))
    return {panel["name"]: Panel(**panel) for panel in facts}


@dataclass(frozen=True, slots=True)
class Change:
    """A changed panel: what changed, in phrases, and the diff of its output, if any."""

    panel: Panel
    phrases: tuple[str, ...]
    diff: str = ""


def compare_panels(
    base: Mapping[str, Panel],
    head: Mapping[str, Panel],
    read_snippet: Callable[[str], Snippet | None],
) -> list[Change]:
    """Return the differences between the panels of two sites, sorted by name."""
    changes = []
    for name in sorted(base.keys() | head.keys()):
        if name not in head:
            changes.append(Change(base[name], ("removed",)))
        elif name not in base:
            changes.append(Change(head[name], ("added",)))
        elif change := _compare_panel(base[name], head[name], read_snippet(name)):
            changes.append(change)
    return changes


def _compare_panel(old: Panel, new: Panel, snippet: Snippet | None) -> Change | None:
    if new.failed or old.failed:
        phrase = "can no longer be shown" if new.failed else "can be shown again"
        return Change(new, (phrase,)) if new.failed != old.failed else None
    phrases: list[str] = []
    diff = ""
    if old.code != new.code:
        phrases.append("program")
    # A race may have another outcome in each run, which is no change.
    if snippet and not snippet.outcomes:
        diff = diff_outputs(snippet, old.lines, new.lines, ("base", "head"))
        if diff:
            phrases.append("output")
        if old.ending != new.ending:
            phrases.append(f"ending: {old.ending or 'not run'} → {new.ending or 'not run'}")
        if old.lanes != new.lanes:
            phrases.append(f"lanes: {_format_lanes(old.lanes)} → {_format_lanes(new.lanes)}")
    return Change(new, tuple(phrases), diff) if phrases else None


def _format_lanes(lanes: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(lanes.items())) or "none"


def format_summary(changes: list[Change], artifact: str = "") -> str:
    """Return a Markdown table of `changes` with links to the locally served site.

    `artifact` is the URL from which the built site can be downloaded.
    """
    if not changes:
        return "## Panels\n\nNo panel of the site has changed.\n"
    site = f"[the built site]({artifact})" if artifact else "the built site"
    rows = [f"| {_link(change)} | {escape('; '.join(change.phrases))} |" for change in changes]
    parts = [
        f"## Panels that changed: {len(changes)}",
        f"The links work where {site} was downloaded, unpacked, and is served from its"
        " folder with `python -m http.server`.",
        "\n".join(["| panel | what changed |", "| --- | --- |", *rows]),
    ]
    room = MAX_DIFFS
    for change in changes:
        if change.diff:
            diff = change.diff[: min(MAX_DIFF, room)]
            room -= len(diff)
            more = "\n…" if len(diff) < len(change.diff) else ""
            parts.append(f"### {escape(change.panel.name)}\n\n{fence_diff(diff + more)}")
    return "\n\n".join(parts) + "\n"


def _link(change: Change) -> str:
    name = escape(change.panel.name)
    if change.phrases == ("removed",):
        return name
    url = re.sub(r"[^\w/#.-]", "", change.panel.page, flags=re.ASCII)
    return f"[{name}]({SERVER_URL}{url})"


def escape(text: str) -> str:
    """Return untrusted `text` as Markdown that shows it literally.

    CommonMark interprets no character reference as markup
    (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). A word
    joiner prevents GitHub from linking `@name` and `#1`.
    """
    text = "".join(char if char.isprintable() else " " for char in text)
    text = re.sub(r"[@#](?=\w)", "\\g<0>\u2060", text)
    return re.sub(r"[!-,.:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", text)


def fence_diff(text: str) -> str:
    """Return `text` as a code block, its fence longer than any in the text."""
    text = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"


def main(arguments: list[str] | None = None) -> int:
    """Print the summary, and return 0 even if the base could not be built."""
    parser = argparse.ArgumentParser(description="Summarise which panels of the site changed.")
    parser.add_argument("base", type=Path, help="the site built without the change")
    parser.add_argument("head", type=Path, help="the site built with the change")
    parser.add_argument("--artifact", default="", help="the URL to download HEAD from")
    options = parser.parse_args(arguments)
    project = Project(Path.cwd())

    def read_snippet(name: str) -> Snippet | None:
        try:
            return project.read(name)
        except SnippetError as error:
            print(error, file=sys.stderr)
            return None

    head = read_panels(options.head)
    try:
        base = read_panels(options.base)
    except FileNotFoundError:
        print("## Panels\n\nThe site could not be built as it was, so nothing is compared.")
        return 0
    print(format_summary(compare_panels(base, head, read_snippet), options.artifact), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
