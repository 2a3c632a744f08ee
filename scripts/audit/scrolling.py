"""A chapter of ten panels with 24 lanes each: does it scroll as smoothly as the screen is drawn?"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser

from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Line, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Snippet

PANELS, LANES, SPANS = 10, 24, 20
FRAME = 1000 / 60  # milliseconds
LEAST = 0.95  # of all frames, those that came in time

# Scrolls through the whole page in four seconds; the milliseconds between its frames.
_SCROLL = """() => new Promise(done => {
    const far = document.documentElement.scrollHeight - innerHeight, gaps = []
    let began, last
    requestAnimationFrame(function step(now) {
        if (last) gaps.push(now - last)
        began ??= now
        last = now
        scrollTo({top: far * (now - began) / 4000, behavior: "instant"})
        now - began < 4000 ? requestAnimationFrame(step) : done(gaps)
    })
})"""


def smooth(browser: Browser, address: str, site: Path) -> float:
    """The share of frames in time while the chapter scrolls, in the shell of the page there."""
    shell = Path(site, "threads", "index.html").read_text(encoding="utf-8")
    panels = "".join(render_panel(_snippet(n), _run()) for n in range(PANELS))
    text = re.sub(r"(?s)(<article[^>]*>).*(</article>)", lambda m: m[1] + panels + m[2], shell)
    page = browser.new_page()
    page.route(address, lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(address, wait_until="networkidle")
    assert page.locator("g.lane").count() == PANELS * LANES
    gaps = page.evaluate(_SCROLL)
    page.close()
    return sum(gap < 1.5 * FRAME for gap in gaps) / max(len(gaps), 4000 / FRAME)


def _snippet(number: int) -> Snippet:
    name = f"threads/busy-{number}"
    path = Path("snippets", f"{name}.py")
    return Snippet(name, path, "", "print()\n" * 12, "python", f"Busy {number}")


def _run() -> Run:
    """24 workers that wait and run in turn, and print."""
    ids = [f"w{n}" for n in range(LANES)]
    workers = [
        Worker(one, "thread" if n else "process", f"worker {n}", ids[0] if n else None, 0, 2, 1)
        for n, one in enumerate(ids)
    ]
    step = 2 / SPANS
    spans = [
        Span(one, "waiting" if k % 2 else "running", k * step, (k + 1) * step, "sleep")
        for one in ids
        for k in range(SPANS)
    ]
    lines = [Line(k * step, "stdout", f"line {k}", one) for one in ids for k in range(3)]
    made = Provenance("3.11", "CPython", "Linux", 2, "fork", "2026-01-01T00:00:00+00:00")
    ordered = tuple(sorted(lines, key=lambda line: line.at))
    return Run(2.0, 1.0, 1 << 24, "exit 0", made, ordered, tuple(workers), tuple(spans))
