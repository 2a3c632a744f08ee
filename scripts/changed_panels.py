"""Which panels a change changes, as Markdown for a job summary.

    python scripts/changed_panels.py BASE HEAD [--artifact URL]

BASE and HEAD are built sites. Told is what a reader would call a change: programs,
outputs, endings, and the number and kinds of lanes. No times, and nothing that the
head of a program leaves to chance: run it in the project that HEAD was built from.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from built_panels import Panel, panels_of

from snippet_engine.checking.output_diff import difference
from snippet_engine.errors import SnippetError
from snippet_engine.project.project import Library
from snippet_engine.snippet.model import Snippet

SERVED = "http://localhost:8000/"  # where `python -m http.server` shows what it serves
# Characters. A summary may have a mebibyte:
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
MOST_OF_A_DIFF = 4_000
MOST_OF_ALL_DIFFS = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one panel, in words; `diff` of its output, where that differs."""

    panel: Panel
    what: tuple[str, ...]
    diff: str = ""


def changes(
    base: Mapping[str, Panel],
    head: Mapping[str, Panel],
    snippet_of: Callable[[str], Snippet | None],
) -> list[Change]:
    """What differs between the panels of two sites, in the order of their names."""
    found = []
    for name in sorted(base.keys() | head.keys()):
        if name not in head:
            found.append(Change(base[name], ("removed",)))
        elif name not in base:
            found.append(Change(head[name], ("added",)))
        elif change := _change(base[name], head[name], snippet_of(name)):
            found.append(change)
    return found


def _change(was: Panel, now: Panel, snippet: Snippet | None) -> Change | None:
    if now.failed or was.failed:
        said = "can no longer be shown" if now.failed else "can be shown again"
        return Change(now, (said,)) if now.failed != was.failed else None
    what: list[str] = []
    diff = ""
    if was.code != now.code:
        what.append("program")
    # A racy program may come to another outcome each time: nothing of that is a change.
    if snippet and not snippet.outcomes:
        diff = difference(snippet, was.lines, now.lines, ("base", "head"))
        if diff:
            what.append("output")
        if was.ending != now.ending:
            what.append(f"ending: {was.ending or 'not run'} → {now.ending or 'not run'}")
        if was.lanes != now.lanes:
            what.append(f"lanes: {_lanes(was.lanes)} → {_lanes(now.lanes)}")
    return Change(now, tuple(what), diff) if what else None


def _lanes(lanes: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(lanes.items())) or "none"


def summary(found: list[Change], artifact: str = "") -> str:
    """`found` as a Markdown table, with links to the built site where it is served.

    `artifact` is the address that the built site is downloaded from.
    """
    if not found:
        return "## Panels\n\nNo panel of the site has changed.\n"
    site = f"[the built site]({artifact})" if artifact else "the built site"
    rows = [f"| {_link(change)} | {plain('; '.join(change.what))} |" for change in found]
    parts = [
        f"## Panels that changed: {len(found)}",
        f"The links work where {site} was downloaded, unpacked, and is served from its"
        " folder with `python -m http.server`.",
        "\n".join(["| panel | what changed |", "| --- | --- |", *rows]),
    ]
    room = MOST_OF_ALL_DIFFS
    for change in found:
        if change.diff:
            shown = change.diff[: min(MOST_OF_A_DIFF, room)]
            room -= len(shown)
            more = "\n…" if len(shown) < len(change.diff) else ""
            parts.append(f"### {plain(change.panel.name)}\n\n{fenced(shown + more)}")
    return "\n\n".join(parts) + "\n"


def _link(change: Change) -> str:
    name = plain(change.panel.name)
    if change.what == ("removed",):
        return name
    address = re.sub(r"[^\w/#.-]", "", change.panel.page, flags=re.ASCII)
    return f"[{name}]({SERVED}{address})"


def plain(text: str) -> str:
    """`text`, which a stranger may have written, as Markdown that does nothing but show it.

    CommonMark gives a character reference no meaning but the character
    (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). A
    joiner of no width keeps `@name` and `#1` from reaching anybody.
    """
    text = "".join(char if char.isprintable() else " " for char in text)
    text = re.sub(r"[@#](?=\w)", "\\g<0>\u2060", text)
    return re.sub(r"[!-,.:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", text)


def fenced(text: str) -> str:
    """`text` as a block of code whose fence is longer than any in it."""
    text = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"


def main(arguments: list[str] | None = None) -> int:
    """Print the summary. A base that was not built is said, and no error."""
    parser = argparse.ArgumentParser(description="Which panels of the site have changed.")
    parser.add_argument("base", type=Path, help="the site as it was")
    parser.add_argument("head", type=Path, help="the site as it would be")
    parser.add_argument("--artifact", default="", help="the address HEAD is downloaded from")
    chosen = parser.parse_args(arguments)
    library = Library(Path.cwd())

    def snippet_of(name: str) -> Snippet | None:
        try:
            return library.read(name)
        except SnippetError as error:
            print(error, file=sys.stderr)
            return None

    head = panels_of(chosen.head)
    try:
        base = panels_of(chosen.base)
    except FileNotFoundError:
        print("## Panels\n\nThe site could not be built as it was, so nothing is compared.")
        return 0
    print(summary(changes(base, head, snippet_of), chosen.artifact), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
