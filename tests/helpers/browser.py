"""Building a site, serving it locally, and opening it in the system's Chromium."""

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
        program
        for name in ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
        if (program := shutil.which(name))
    ),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Debian's build without a window, if installed, is a fifth faster.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def build_environment(root: Path, **variables: str) -> dict[str, str]:
    """Return an environment in which Python imports the engine of the project in `root`."""
    return {**os.environ, "PYTHONPATH": str(root), "NO_MKDOCS_2_WARNING": "1", **variables}


def build_site(root: Path, target: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Build the site of the project in `root` into `target` with `--strict`."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=root,
        env=build_environment(root, **variables),
        capture_output=True,
        text=True,
        timeout=200,
    )


class SilentHandler(SimpleHTTPRequestHandler):
    """A request handler that logs nothing and sends the site's own 404 page."""

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_body(code, "text/html; charset=utf-8", page)

    def send_body(self, code: int, content_type: str, body: bytes) -> None:
        """Send a whole response."""
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(body)


class EmptySearchHandler(SilentHandler):
    """A handler that serves an empty search index: loading it takes a third of a page load."""

    def do_GET(self) -> None:
        if not self.path.endswith("/search_index.json"):
            return super().do_GET()
        index = json.loads(Path(self.translate_path(self.path)).read_text(encoding="utf-8"))
        self.send_body(200, "application/json", json.dumps(index | {"docs": []}).encode())


@contextmanager
def serve_folder(
    folder: Path, handler: type[SimpleHTTPRequestHandler] = SilentHandler
) -> Iterator[str]:
    """Serve `folder` while the block runs, and yield its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


# Playwright's default size of a page, in pixels.
DESKTOP: ViewportSize = {"width": 1280, "height": 720}

# A function that returns true for a visible element, for use with `evaluate_all`.
IS_VISIBLE = """(element) => {
    const box = element.getBoundingClientRect();
    const drawn = element.checkVisibility({visibilityProperty: true});
    return drawn && box.width > 0 && box.height > 0;
}"""

# The ids of those default rules of axe-core that concern colours.
COLOUR_RULES = """axe.getRules(["cat.color"])
    .filter(rule => !rule.tags.includes("wcag2aaa")).map(rule => rule.ruleId)"""


def find_violations(page: Page, rules: Sequence[str] = (), part: str = "") -> list[tuple[str, str]]:
    """Return the rules of axe-core that a page violates, with the HTML of the elements.

    No `rules` means all default rules, and no `part` (a CSS selector) the whole page.
    """
    from axe_playwright_python.sync_playwright import Axe

    # Leave out the results of rules that are satisfied.
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = [*rules]
    response = Axe().run(page, context=part or None, options=options).response
    return [
        (rule["id"], node["html"][:200])
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


def find_violations_in_both_schemes(page: Page) -> dict[str, list[tuple[str, str]]]:
    """Return the violations in the light and in the dark scheme, for a page shown in light.

    The dark scheme differs only in colours and in a button of the header, so only these are
    checked again.
    """
    assert get_colour_scheme(page) == "default"
    force_layout(page)  # elements far away would otherwise keep their old colours
    light = find_violations(page)
    set_colour_scheme(page, "dark")
    assert get_colour_scheme(page) == "slate"
    colours = find_violations(page, page.evaluate(COLOUR_RULES))
    return {"light": light, "dark": colours + find_violations(page, part="header")}


def expect(locator: Locator) -> LocatorAssertions:
    """Return Playwright's assertions about `locator`, which wait until they are true."""
    from playwright.sync_api import expect

    return expect(locator)


def force_layout(page: Page) -> None:
    """Lay out the whole page, including what is far from the visible part."""
    page.add_style_tag(content="* { content-visibility: visible !important }")


def set_colour_scheme(page: Page, scheme: Literal["dark", "light"]) -> None:
    """Set the system's colour scheme, and wait until the page has received the event."""
    page.evaluate(
        "void (window.schemeChanged = new Promise("
        "resolve => matchMedia('(prefers-color-scheme: dark)')"
        ".addEventListener('change', resolve, { once: true })))"
    )
    page.emulate_media(color_scheme=scheme)
    page.evaluate("window.schemeChanged")


def get_colour_scheme(page: Page) -> str | None:
    """Return the theme's name of the shown colour scheme."""
    return page.locator("body").get_attribute("data-md-color-scheme")


def build_page_url(site: str, chapter: str) -> str:
    """Return the URL of the page of `chapter` on the site with the URL `site`."""
    return f"{site}/" if chapter == "index" else f"{site}/{chapter}/"


@dataclass
class MonitoredPage:
    """A page with its console errors and warnings, and its requests to other hosts."""

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
            self.faults.append(f"requested {request.url}")

    def open(self, chapter: str) -> Page:
        """Load the page of a chapter completely."""
        self.page.goto(build_page_url(self.site, chapter), wait_until="load")
        return self.page

    def close(self) -> None:
        """Stop monitoring, and reset the page to its initial state."""
        self.page.remove_listener("console", self._console)
        self.page.remove_listener("pageerror", self._error)
        self.page.remove_listener("request", self._request)
        self.page.emulate_media(reduced_motion="no-preference")
        if self.page.viewport_size != DESKTOP:
            self.page.set_viewport_size(DESKTOP)
        self.page.mouse.move(0, 0)


@contextmanager
def monitor(page: Page, site: str) -> Iterator[MonitoredPage]:
    """Monitor a page of `site` while the block runs; then fail if it has faults."""
    monitored = MonitoredPage(page, site)
    try:
        yield monitored
    finally:
        monitored.close()
    assert not monitored.faults, monitored.faults
