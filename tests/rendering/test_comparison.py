"""The comparison of several programs on one time axis."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.handmade import MADE_ON
from markdown import Markdown

from snippet_engine.rendering.comparison import render_comparison
from snippet_engine.run import Run, Span, Worker
from snippet_engine.snippet.model import Snippet


def build_row(
    name: str, seconds: float, title: str = "A way", workers: int = 1
) -> tuple[Snippet, Run, str]:
    """Return a row for a program of `workers` that sleep for `seconds`."""
    snippet = Snippet(name, Path(f"{name}.py"), "", "pass\n", "python", title)
    run = Run(
        seconds,
        0.1,
        9_000_000,
        "exit 0",
        MADE_ON,
        workers=tuple(
            Worker(
                f"w{n}", "thread" if n else "process", f"t {n}", "w0" if n else None, 0, seconds, 1
            )
            for n in range(workers)
        ),
        spans=tuple(Span(f"w{n}", "waiting", 0, seconds, "sleep") for n in range(workers)),
    )
    return snippet, run, f"{name.replace('/', '/#')}"


def test_row_has_link_seconds_and_caption_in_the_given_order() -> None:
    html = render_comparison(
        [build_row("one/loop", 9.06, "A loop"), build_row("threads/nine", 1.07, workers=4)]
    )
    assert re.findall(r'<li class="way" data-snippet="(.+?)" data-seconds="(.+?)"', html) == [
        ("one/loop", "9.06"),
        ("threads/nine", "1.07"),
    ]
    assert '<a href="one/#loop">A loop</a>' in html
    assert re.findall(r'class="way-seconds" data-at="(.+?)">(.+?)<', html) == [
        ("9.0600", "9.06 s"),
        ("1.0700", "1.07 s"),
    ]
    assert "<p>3 threads wait in sleep concurrently, 0.00 s to 1.07 s.</p>" in html


def test_rows_share_one_time_axis() -> None:
    html = render_comparison([build_row("one/loop", 8.0), build_row("one/half", 4.0)])
    assert set(re.findall(r'data-edge="(.+?)"', html)) == {"8.0000"}
    waits = re.findall(r'class="wait" x="0.00%" width="(.+?)%"', html)
    assert waits == ["100.00", "50.00"]
    assert 'data-until="8.0000"' in html
    assert re.findall(r'class="tick" x="(.+?)"', html)[-1] == "100.00%"


def test_pictures_have_lanes_and_a_label_but_no_text() -> None:
    html = render_comparison([build_row("one/loop", 8.0, workers=3)])
    assert len(re.findall(r'<g class="lane ', html)) == 3
    assert 'class="reason' not in html
    assert html.count('role="img"') == 1
    assert 'aria-label="2 threads wait in sleep concurrently' in html


def test_run_without_a_trace_has_a_row_without_a_picture() -> None:
    html = render_comparison([build_row("one/loop", 2.0, workers=0)])
    assert "2.00 s" in html
    assert 'role="img"' not in html


def test_comparison_without_rows_is_empty() -> None:
    assert "<li" not in render_comparison([])


def test_markdown_leaves_a_comparison_unchanged() -> None:
    html = render_comparison(
        [build_row("one/loop", 2.0, "</a><script>*x* &"), build_row("one/two", 1.0)]
    )
    assert "<script" not in html
    converted = Markdown(extensions=["md_in_html", "tables", "attr_list", "toc"]).convert(html)
    assert converted.strip() == html.strip()
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 0
