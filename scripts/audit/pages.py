"""Every page in a browser: what it transfers, whether it moves, what axe finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.browser import find_violations_in_both_schemes
from playwright.sync_api import Browser

MOST = 150_000  # bytes that a page transfers without its search
SCRIPT, STYLE = 8_000, 6_000  # bytes of ours among them
SHIFT = 0.02  # a layout shift below it is not seen

_SIZES = """() => performance.getEntriesByType("resource").concat(
    performance.getEntriesByType("navigation")).map(e => [e.name, e.encodedBodySize])"""
_SHIFTS = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => done(sum), 500)
})"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page transfers, in bytes, and how much it moves while it loads."""

    whole: int
    script: int
    style: int
    shift: float

    @property
    def heavy(self) -> bool:
        return self.whole > MOST or self.script > SCRIPT or self.style > STYLE or self.shift > SHIFT


def weight(browser: Browser, address: str) -> Weight:
    """That of the page at `address`, for who comes for the first time on a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(address, wait_until="networkidle")
    shift = page.evaluate(_SHIFTS)
    sizes = [(name, size) for name, size in page.evaluate(_SIZES) if "/search" not in name]
    page.close()
    ours = [(name, size) for name, size in sizes if name.count("/assets/") and _own(name)]
    return Weight(
        sum(size for _, size in sizes),
        sum(size for name, size in ours if name.endswith(".js")),
        sum(size for name, size in ours if name.endswith(".css")),
        shift,
    )


def _own(name: str) -> bool:
    """Whether a file of assets/ is ours: the theme's stand in folders, or begin with its plugin."""
    tail = name.rpartition("/assets/")[2]
    return "/" not in tail and not tail.startswith("_")


def broken_rules(browser: Browser, address: str) -> Iterator[str]:
    """What axe finds on the page at `address`, light and dark."""
    page = browser.new_page(color_scheme="light")
    page.goto(address, wait_until="load")
    for scheme, found in find_violations_in_both_schemes(page).items():
        yield from (f"{address} ({scheme}): {rule}: {element}" for rule, element in found)
    page.close()
