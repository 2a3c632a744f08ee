"""A built site, served on this machine and opened in the system's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import (
        ConsoleMessage,
        Error,
        Locator,
        LocatorAssertions,
        Page,
        Request,
        ViewportSize,
    )

DOCS = Path(__file__).parents[2] / "docs"
# Every page of the site but the notebook's.
PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix()
    for path in DOCS.rglob("*.md")
    if path.parent.name != "session"
)
CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
        if (found := shutil.which(name))
    ),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# The same without what a window needs, where Debian has it: it takes a fifth less time.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def environment(root: Path, **variables: str) -> dict[str, str]:
    """Variables with which the engine that is imported is that of the project in `root`."""
    return {**os.environ, "PYTHONPATH": str(root), "NO_MKDOCS_2_WARNING": "1", **variables}


def build(root: Path, target: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Build the site of the project in `root` into `target`, strictly, as `make site` does."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=root,
        env=environment(root, **variables),
        capture_output=True,
        text=True,
        timeout=200,
    )


class Quiet(SimpleHTTPRequestHandler):
    """A file server without a log, which answers with the site's own 404 page."""

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.answer(code, "text/html; charset=utf-8", page)

    def answer(self, code: int, kind: str, body: bytes) -> None:
        """Send `body`, which is of that content type."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


class Unsearched(Quiet):
    """One whose search finds nothing: to read the index is a third of the work of a visit."""

    def do_GET(self) -> None:
        if not self.path.endswith("/search_index.json"):
            return super().do_GET()
        index = json.loads(Path(self.translate_path(self.path)).read_text(encoding="utf-8"))
        self.answer(200, "application/json", json.dumps(index | {"docs": []}).encode())


@contextmanager
def served(folder: Path, handler: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """The address at which `folder` is served, while the block runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


# What a reader's window holds, unless told.
DESK: ViewportSize = {"width": 1280, "height": 720}

# Whether a reader sees an element, for what asks it of many at once.
VISIBLE = """(element) => {
    const box = element.getBoundingClientRect();
    const drawn = element.checkVisibility({visibilityProperty: true});
    return drawn && box.width > 0 && box.height > 0;
}"""

# The rules of axe-core that have to do with colours, of those that it looks at unless told.
COLOURS = """axe.getRules(["cat.color"])
    .filter(rule => !rule.tags.includes("wcag2aaa")).map(rule => rule.ruleId)"""


def violations(page: Page, rules: Sequence[str] = (), part: str = "") -> list[tuple[str, str]]:
    """What axe-core finds wrong on a page as it is now: rules, and the elements that break them.

    All its rules, or some; on the whole page, or a part of it.
    """
    from axe_playwright_python.sync_playwright import Axe

    # Else it would tell of each element of the page what is right with it.
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = [*rules]
    found = Axe().run(page, context=part or None, options=options).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


def violations_in_both(page: Page) -> dict[str, list[tuple[str, str]]]:
    """The same in light and in dark, on a page that a reader who prefers light has opened.

    The other scheme changes the colours and, in the header, the button that switches it:
    what has to do with neither is looked at once.
    """
    assert scheme_of(page) == "default"
    laid_out(page)  # what is far away would keep its colours until it comes near
    light = violations(page)
    prefer(page, "dark")
    assert scheme_of(page) == "slate"
    colours = violations(page, page.evaluate(COLOURS))
    return {"light": light, "dark": colours + violations(page, part="header")}


def expect(locator: Locator) -> LocatorAssertions:
    """Playwright's own, which waits until what is expected is so."""
    from playwright.sync_api import expect

    return expect(locator)


def laid_out(page: Page) -> None:
    """Have all of a page laid out, that too which is far away."""
    page.add_style_tag(content="* { content-visibility: visible !important }")


def prefer(page: Page, scheme: Literal["dark", "light"]) -> None:
    """Turn the system's colours to `scheme`, and wait until the page has been told."""
    page.evaluate(
        "void (window.told = new Promise(done => matchMedia('(prefers-color-scheme: dark)')"
        ".addEventListener('change', done, { once: true })))"
    )
    page.emulate_media(color_scheme=scheme)
    page.evaluate("window.told")


def scheme_of(page: Page) -> str | None:
    """What the theme calls the colours that it shows."""
    return page.locator("body").get_attribute("data-md-color-scheme")


def address_of(site: str, chapter: str) -> str:
    """Where the page of a chapter is."""
    return f"{site}/" if chapter == "index" else f"{site}/{chapter}/"


@dataclass
class Watched:
    """A page, with what went wrong on it and what it asked other hosts for."""

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _error(self, error: Error) -> None:
        self.faults.append(str(error))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")

    def open(self, chapter: str) -> Page:
        """The page of a chapter, loaded to the end."""
        self.page.goto(address_of(self.site, chapter), wait_until="load")
        return self.page

    def leave(self) -> None:
        """Look no longer, and leave the reader as one who comes anew."""
        self.page.remove_listener("console", self._console)
        self.page.remove_listener("pageerror", self._error)
        self.page.remove_listener("request", self._request)
        self.page.emulate_media(reduced_motion="no-preference")
        if self.page.viewport_size != DESK:
            self.page.set_viewport_size(DESK)
        self.page.mouse.move(0, 0)


@contextmanager
def watching(visitor: Page, site: str) -> Iterator[Watched]:
    """What `visitor` sees of a site, while the block runs; nothing may go wrong on it."""
    watched = Watched(visitor, site)
    try:
        yield watched
    finally:
        watched.leave()
    assert not watched.faults, watched.faults
