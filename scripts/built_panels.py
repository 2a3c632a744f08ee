"""The panels of a built site, read back from its HTML: what a reader sees of each program."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from snippet_engine.run import Stream


@dataclass
class Panel:
    """One panel. `page` is where it stands in the site, `lanes` counts workers by kind."""

    name: str
    page: str
    ending: str = ""
    failed: bool = False
    code: str = ""
    lines: list[tuple[Stream, str]] = field(default_factory=list)
    lanes: Counter[str] = field(default_factory=Counter)


def panels_of(site: Path) -> dict[str, Panel]:
    """Every panel of the built site in the folder `site`, by the name of its program.

    Raises FileNotFoundError where that folder is no built site.
    """
    if not (site / "index.html").is_file():
        raise FileNotFoundError(f"{site} is no built site: it has no index.html")
    found: dict[str, Panel] = {}
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).as_posix().removesuffix("index.html")
        reader = _Reader(page)
        reader.feed(path.read_text(encoding="utf-8"))
        reader.close()
        found |= {panel.name: panel for panel in reader.panels}
    return found


class _Reader(HTMLParser):
    """Finds the hooks of a panel: its data attributes, `pre`, `.line samp` and `g.lane`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.panels: list[Panel] = []
        self.depth = 0  # of sections, the panel's own included
        self.line = False  # of this run; a line recorded on another Python is none
        self.inside = ""  # "code", "output" or "more": where the text belongs

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        classes = given.get("class", "").split()
        if tag == "section" and (self.depth or "snippet" in classes):
            self.depth += 1
            if self.depth == 1:
                self.panels.append(
                    Panel(
                        given.get("data-snippet", ""),
                        f"{self.page}#{given['id']}" if "id" in given else self.page,
                        given.get("data-ending", ""),
                        "snippet-failure" in classes,
                    )
                )
        if not self.depth:
            return
        panel = self.panels[-1]
        if tag == "pre":
            self.inside = "code"
        elif tag == "li" and "line" in classes:
            self.line = True
            panel.lines.append(("stderr" if given.get("data-stream") == "stderr" else "stdout", ""))
        elif tag == "samp" and self.line:
            self.inside = "output"
        elif tag == "g" and "lane" in classes:
            if "more" in classes:
                self.inside = "more"
            else:
                panel.lanes[given.get("data-kind", "")] += 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag in ("pre", "samp", "g"):
            self.inside = ""
        elif self.depth and tag == "li":
            self.line = False
        elif self.depth and tag == "section":
            self.depth -= 1
            if not self.depth:
                self.panels[-1].code = self.panels[-1].code.strip()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            return
        panel = self.panels[-1]
        if self.inside == "code":
            panel.code += data
        elif self.inside == "output":
            stream, text = panel.lines[-1]
            panel.lines[-1] = (stream, text + data)
        elif number := re.match(r"(\d+) more worker", data):
            panel.lanes["more"] += int(number[1])
