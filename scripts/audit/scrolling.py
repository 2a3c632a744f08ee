"""The smoothness of scrolling through a chapter of ten panels with 24 lanes each."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser

from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Line, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Snippet

PANELS, LANES, SPANS = 10, 24, 20
FRAME = 1000 / 60  # milliseconds
MIN_SHARE = 0.95  # of frames in time

# Scroll through the whole page in four seconds; return the milliseconds between frames.
_SCROLL = """() => new Promise(resolve => {
    const far = document.documentElement.scrollHeight - innerHeight, gaps = []
    let start, last
    requestAnimationFrame(function step(now) {
        if (last) gaps.push(now - last)
        start ??= now
        last = now
        scrollTo({top: far * (now - start) / 4000, behavior: "instant"})
        now - start < 4000 ? requestAnimationFrame(step) : resolve(gaps)
    })
})"""


def measure_smoothness(browser: Browser, url: str, site: Path) -> float:
    """Return the share of frames in time while scrolling; `url` must be a page of `site`.

    Its article is replaced with panels that have many lanes.
    """
    shell = Path(site, "threads", "index.html").read_text(encoding="utf-8")
    panels = "".join(render_panel(_make_snippet(n), _make_run()) for n in range(PANELS))
    text = re.sub(r"(?s)(<article[^>]*>).*(</article>)", lambda m: m[1] + panels + m[2], shell)
    page = browser.new_page()
    page.route(url, lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(url, wait_until="networkidle")
    assert page.locator("g.lane").count() == PANELS * LANES
    gaps = page.evaluate(_SCROLL)
    page.close()
    return sum(gap < 1.5 * FRAME for gap in gaps) / max(len(gaps), 4000 / FRAME)


def _make_snippet(number: int) -> Snippet:
    name = f"threads/busy-{number}"
    path = Path("snippets", f"{name}.py")
    return Snippet(name, path, "", "print()\n" * 12, "python", f"Busy {number}")


def _make_run() -> Run:
    """Return a run of LANES workers that wait, run and print."""
    ids = [f"w{n}" for n in range(LANES)]
    workers = [
        Worker(id, "thread" if n else "process", f"worker {n}", ids[0] if n else None, 0, 2, 1)
        for n, id in enumerate(ids)
    ]
    step = 2 / SPANS
    spans = [
        Span(id, "waiting" if k % 2 else "running", k * step, (k + 1) * step, "sleep")
        for id in ids
        for k in range(SPANS)
    ]
    lines = [Line(k * step, "stdout", f"line {k}", id) for id in ids for k in range(3)]
    provenance = Provenance("3.11", "CPython", "Linux", 2, "fork", "2026-01-01T00:00:00+00:00")
    ordered = tuple(sorted(lines, key=lambda line: line.at))
    return Run(2.0, 1.0, 1 << 24, "exit 0", provenance, ordered, tuple(workers), tuple(spans))
