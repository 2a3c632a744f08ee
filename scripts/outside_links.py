"""Whether the links to other sites still lead somewhere, as Markdown for a job summary.

    python scripts/outside_links.py [FILE-OR-FOLDER...]

Looks into the Markdown files named, or README.md, CONTRIBUTING.md and docs/. A link
is dead where its page is gone (404, 410), its host cannot be reached, or its page has
no such anchor. Where a host will not answer a program (401, 403, 429), nobody knows:
such links are told, and are no failure.
"""

from __future__ import annotations

import argparse
import http.client
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

PLACES = ("README.md", "CONTRIBUTING.md", "docs")
NAME = "Mozilla/5.0 (compatible; a documentation site looking after its links)"
TIMEOUT = 30.0  # seconds for a page
TRIES = 3
PAUSE = 5.0  # seconds before the second try, twice as many before the third
MOST = 16 << 20  # bytes of a page that are looked into for an anchor
REFUSED = {401, 403, 429}
AT_ONCE = 8

_LINK = re.compile(r"https?://[^\s<>\"'`\\\]|]+")
_OURS = re.compile(r"https?://(localhost|127\.0\.0\.1|[\w.-]+\.example)\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a link: `wrong` says why it is dead, `refused` why nobody knows."""

    wrong: str = ""
    refused: str = ""


def links_in(text: str) -> list[tuple[int, str]]:
    """Every address of another host in Markdown `text`, with the number of its line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in _LINK.finditer(line):
            link = match[0]
            while link and (link[-1] in ".,;:!?*_" or link.count("(") < link.count(")")):
                link = link[:-1] if link[-1] != ")" else link[: link.rindex(")")]
            if not _OURS.match(link):
                found.append((number, link))
    return found


def collected(places: Iterable[Path]) -> dict[str, list[str]]:
    """Each link in the Markdown files of `places`, and the lines it stands on ("docs/a.md:7")."""
    found: dict[str, list[str]] = {}
    for place in places:
        for path in sorted(place.rglob("*.md")) if place.is_dir() else [place]:
            for number, link in links_in(path.read_text(encoding="utf-8")):
                found.setdefault(link, []).append(f"{path.as_posix()}:{number}")
    return found


def answer(link: str, *, pause: float = PAUSE) -> Answer:
    """Whether `link` leads somewhere. Tries again where that may help, after `pause` seconds."""
    page, _, anchor = link.partition("#")
    told = Answer()
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * attempt)
        try:
            request = urllib.request.Request(page, headers={"User-Agent": NAME})  # noqa: S310
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                if not anchor or response.headers.get_content_type() != "text/html":
                    return Answer()
                body = response.read(MOST)
            anchor = urllib.parse.unquote(anchor)
            there = anchor in anchors_in(body.decode(errors="replace"))
            return Answer() if there else Answer(wrong=f"its page has no #{anchor}")
        except urllib.error.HTTPError as error:
            said = f"{error.code} {error.reason}"
            error.close()
            told = Answer(refused=said) if error.code in REFUSED else Answer(wrong=said)
            if error.code < 500 and error.code != 429:
                return told
        except (OSError, http.client.HTTPException) as error:
            told = Answer(wrong=str(getattr(error, "reason", error)) or type(error).__name__)
        except ValueError as error:  # no address at all
            return Answer(wrong=str(error))
    return told


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if value and (key == "id" or (key == "name" and tag == "a")):
                # GitHub puts this before those of a reader's own text.
                self.found.add(value.removeprefix("user-content-"))


def anchors_in(html: str) -> set[str]:
    """What a link into this page may name after its `#`."""
    parser = _Anchors()
    parser.feed(html)
    parser.close()
    return parser.found


def report(places: dict[str, list[str]], answers: dict[str, Answer]) -> str:
    """What was found, as Markdown: dead links first, each with the lines it stands on."""
    dead = {link: told.wrong for link, told in answers.items() if told.wrong}
    refused = {link: told.refused for link, told in answers.items() if told.refused}
    parts = [f"## Links to other sites: {len(dead)} dead of {len(answers)}"]
    for title, some in (("Dead", dead), ("Refused to tell a program", refused)):
        if some:
            rows = [
                f"- `{link}`: `{why.replace('`', ' ')}` ({', '.join(places[link])})"
                for link, why in some.items()
            ]
            parts += [f"### {title}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Look at every link and print the report. 1 where a link is dead."""
    parser = argparse.ArgumentParser(description="Whether links to other sites lead somewhere.")
    parser.add_argument("places", nargs="*", type=Path, default=[Path(place) for place in PLACES])
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds before another try")
    chosen = parser.parse_args(arguments)
    places = collected(chosen.places)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda link: answer(link, pause=chosen.pause), places)
        answers = dict(zip(places, told, strict=True))
    print(report(places, answers), end="")
    return 1 if any(one.wrong for one in answers.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
