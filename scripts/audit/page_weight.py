"""Transfer size, layout shift and accessibility of a page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.browser import find_violations_in_both_schemes
from playwright.sync_api import Browser

MAX_BYTES = 150_000  # transferred by a page, without the search index
MAX_SCRIPT_BYTES, MAX_STYLE_BYTES = 8_000, 6_000  # of this site's own files
MAX_SHIFT = 0.02  # smaller layout shifts are not visible

_SIZES = """() => performance.getEntriesByType("resource").concat(
    performance.getEntriesByType("navigation")).map(e => [e.name, e.encodedBodySize])"""
_SHIFTS = """() => new Promise(resolve => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => resolve(sum), 500)
})"""


@dataclass(frozen=True, slots=True)
class Weight:
    """The bytes that a page transfers, and its layout shift while it loads."""

    total: int
    script: int
    style: int
    shift: float

    @property
    def is_excessive(self) -> bool:
        return (
            self.total > MAX_BYTES
            or self.script > MAX_SCRIPT_BYTES
            or self.style > MAX_STYLE_BYTES
            or self.shift > MAX_SHIFT
        )


def measure_weight(browser: Browser, url: str) -> Weight:
    """Return the weight of a page on its first visit with a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(url, wait_until="networkidle")
    shift = page.evaluate(_SHIFTS)
    sizes = [(name, size) for name, size in page.evaluate(_SIZES) if "/search" not in name]
    page.close()
    own = [(name, size) for name, size in sizes if "/assets/" in name and _is_own(name)]
    return Weight(
        sum(size for _, size in sizes),
        sum(size for name, size in own if name.endswith(".js")),
        sum(size for name, size in own if name.endswith(".css")),
        shift,
    )


def _is_own(name: str) -> bool:
    """Return False for files of the theme: in subfolders of assets/, or with the prefix "_"."""
    tail = name.rpartition("/assets/")[2]
    return "/" not in tail and not tail.startswith("_")


def find_violations(browser: Browser, url: str) -> Iterator[str]:
    """Yield the violations that axe finds on a page, in light and in dark."""
    page = browser.new_page(color_scheme="light")
    page.goto(url, wait_until="load")
    for scheme, violations in find_violations_in_both_schemes(page).items():
        yield from (f"{url} ({scheme}): {rule}: {element}" for rule, element in violations)
    page.close()
