"""The ways compared: one row for each, on one axis of time."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.handmade import MADE_ON
from markdown import Markdown

from snippet_engine.rendering.comparison import render_comparison
from snippet_engine.run import Run, Span, Worker
from snippet_engine.snippet.model import Snippet


def a_way(
    name: str, seconds: float, title: str = "A way", workers: int = 1
) -> tuple[Snippet, Run, str]:
    """A row: a program of `workers` that sleep for `seconds`, and where its panel is."""
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


def test_each_way_is_a_row_with_its_link_its_seconds_and_its_lesson() -> None:
    """Rows stand in the order given."""
    html = render_comparison(
        [a_way("one/loop", 9.06, "A loop"), a_way("threads/nine", 1.07, workers=4)]
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
    assert "<p>3 threads wait in sleep at once, 0.00 s to 1.07 s.</p>" in html


def test_all_ways_share_one_axis() -> None:
    """A run of half the time is drawn half as wide as the longest."""
    html = render_comparison([a_way("one/loop", 8.0), a_way("one/half", 4.0)])
    assert set(re.findall(r'data-edge="(.+?)"', html)) == {"8.0000"}
    waits = re.findall(r'class="wait" x="0.00%" width="(.+?)%"', html)
    assert waits == ["100.00", "50.00"]
    assert 'data-until="8.0000"' in html
    assert re.findall(r'class="tick" x="(.+?)"', html)[-1] == "100.00%"


def test_small_pictures_have_lanes_and_no_letters_or_dots() -> None:
    """Only the axis has words; each row keeps its text alternative."""
    html = render_comparison([a_way("one/loop", 8.0, workers=3)])
    assert len(re.findall(r'<g class="lane ', html)) == 3
    assert 'class="reason' not in html
    assert html.count('role="img"') == 1
    assert 'aria-label="2 threads wait in sleep at once' in html


def test_a_way_without_a_trace_still_has_its_row() -> None:
    """Its seconds and its link stand beside an empty plot."""
    html = render_comparison([a_way("one/loop", 2.0, workers=0)])
    assert "2.00 s" in html
    assert 'role="img"' not in html


def test_no_ways_are_an_empty_comparison() -> None:
    """A page under construction does not break."""
    assert "<li" not in render_comparison([])


def test_markdown_leaves_a_comparison_as_it_is_and_text_is_harmless() -> None:
    """Titles are text, and no rule of Markdown applies to the rows."""
    html = render_comparison([a_way("one/loop", 2.0, "</a><script>*x* &"), a_way("one/two", 1.0)])
    assert "<script" not in html
    converted = Markdown(extensions=["md_in_html", "tables", "attr_list", "toc"]).convert(html)
    assert converted.strip() == html.strip()
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 0
