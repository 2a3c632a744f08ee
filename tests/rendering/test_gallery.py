"""The gallery of all programs."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.handmade import Page, make_main_worker, make_nine_threads, make_run, make_worker
from markdown import Markdown

from snippet_engine.rendering.gallery import render_gallery
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.run import Run, Span
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import StdlibUsage

if TYPE_CHECKING:
    pass


TITLES = {"index": "Start", "threads": "Threads", "locks": "Locks"}


HOSTILE = "</a><script>alert(1)</script> & *x* `y` __z__ {: #id } [a](b) &lt;"


EXTENSIONS = ["md_in_html", "tables", "attr_list", "toc", "abbr", "pymdownx.snippets"]


def build_test_card(
    name: str = "threads/nine",
    title: str = "Nine threads",
    run: Run | None = None,
    why: str = "",
    uses: tuple[str, ...] = (),
) -> GalleryCard:
    """Return the card of a program that sleeps in nine threads, or was not run for a reason."""
    snippet = Snippet(name, Path(f"snippets/{name}.py"), "", "pass\n", "python", title)
    run = None if why else run or make_nine_threads()
    modules = tuple({used.rpartition(".")[0] for used in uses})
    return build_card(name, snippet, run, why, StdlibUsage(modules, uses))


def test_programs_are_grouped_by_chapter_in_the_order_of_the_site() -> None:
    html = render_gallery([build_test_card("threads/b"), build_test_card("index/a")], TITLES)
    assert [text for _, text in Page(html).find_all("h2")] == ["Start", "Threads", "Times"]
    assert re.findall(r'exhibit" data-snippet="(.+?)"', html) == ["index/a", "threads/b"]


def test_card_has_link_seconds_caption_picture_and_names() -> None:
    html = render_gallery([build_test_card(uses=("threading.Thread",))], TITLES)
    page = Page(html)
    assert ("../threads/#threads-nine", "Nine threads") in [
        (attrs.get("href"), text) for attrs, text in page.find_all("a")
    ]
    assert [text for _, text in page.find_all("p", "exhibit-seconds")] == ["1.07 s"]
    assert [text for _, text in page.find_all("p", "exhibit-caption")] == [
        "9 threads wait in sleep concurrently, 0.04 s to 1.04 s."
    ]
    [(picture, _)] = [svg for svg in page.find_all("svg") if svg[0].get("role") == "img"]
    assert picture["aria-label"].startswith("9 threads wait in sleep")
    assert html.count('<g class="lane ') == 10
    assert [text for _, text in page.find_all("p", "exhibit-uses")] == ["threading.Thread"]


def test_each_picture_has_its_own_time_scale() -> None:
    runs = [
        make_run([make_main_worker(s)], [Span("w0", "waiting", 0, s, "sleep")], s)
        for s in (8.0, 0.1)
    ]
    html = render_gallery(
        [build_test_card(f"threads/{n}", run=run) for n, run in enumerate(runs)], TITLES
    )
    assert re.findall(r'class="wait" d="(.+?)"', html) == ["M0 1h1000v5h-1000z"] * 2
    ticks = [text for attrs, text in Page(html).find_all("text") if attrs["class"] == "tick"]
    assert {"8 s", "100 ms"} <= set(ticks)


def test_run_without_a_trace_has_seconds_and_no_picture() -> None:
    page = Page(render_gallery([build_test_card(run=make_run([]))], TITLES))
    assert [text for _, text in page.find_all("p", "exhibit-seconds")] == ["1.00 s"]
    assert all(attrs.get("role") != "img" for attrs, _ in page.find_all("svg"))


def test_program_that_was_not_run_has_a_reason_and_dashes() -> None:
    broken = build_card("locks/broken", reason="snippets/locks/broken.py:6: unknown key 'titel'")
    page = Page(render_gallery([build_test_card(), broken], TITLES))
    [(attrs, text)] = page.find_all("li", "is-missing")
    assert attrs["data-snippet"] == "locks/broken"
    assert "Not run: snippets/locks/broken.py:6: unknown key 'titel'" in text
    *_, last = page.find_all("tr")
    assert last[1] == "locks/broken" + "–" * 5


def test_each_tag_has_one_button_with_the_number_of_its_programs() -> None:
    html = render_gallery(
        [
            build_test_card(uses=("threading.Thread", "threading.Lock")),
            build_test_card("threads/two", uses=("queue.Queue", "threading.Thread")),
        ],
        TITLES,
    )
    buttons = Page(html).find_all("button")
    assert [(attrs["value"], text) for attrs, text in buttons if "value" in attrs] == [
        ("thread", "threads 2"),
        ("waiting", "waiting 2"),
        ("wait-sleep", "sleep 2"),
        ("threading", "threading 2"),
        ("queue", "queue 1"),
        ("queue.Queue", "queue.Queue 1"),
        ("threading.Lock", "threading.Lock 1"),
        ("threading.Thread", "threading.Thread 2"),
    ]
    assert all(attrs["type"] == "button" for attrs, _ in buttons)


def test_table_has_the_measurements_with_values_to_sort_by() -> None:
    page = Page(render_gallery([build_test_card()], TITLES))
    cells = [(attrs.get("data-value"), text) for attrs, text in page.find_all("td")]
    assert cells == [
        ("1.07", "1.07 s"),
        ("0.1", "100 ms"),
        ("0.0934579", "0.09"),
        ("9e+06", "9.0 MB"),
        ("10", "10"),
    ]
    assert [text for attrs, text in page.find_all("th") if attrs.get("scope") == "row"] == [
        "Nine threads"
    ]


def test_cores_used_by_a_short_run_are_not_shown() -> None:
    """Its CPU time is mostly that of the interpreter's start."""
    html = render_gallery(
        [build_test_card(run=make_run([make_main_worker(0.01)], seconds=0.01))], TITLES
    )
    assert [text for _, text in Page(html).find_all("td")] == [
        "10.0 ms",
        "100 ms",
        "–",
        "9.0 MB",
        "1",
    ]


def test_markdown_leaves_the_gallery_unchanged() -> None:
    worker = replace(make_worker(1), name=HOSTILE, function=HOSTILE)
    run = make_run([make_main_worker(), worker], [Span("w1", "waiting", 0, 0.9, HOSTILE)])
    html = render_gallery(
        [
            build_test_card(title=HOSTILE, run=run),
            build_card("locks/broken", reason=f"two\n\n    {HOSTILE}"),
        ],
        {**TITLES, "threads": HOSTILE},
    )
    assert "<script" not in html
    converted = Markdown(extensions=EXTENSIONS).convert(html)
    assert converted.strip() == html.strip()
    assert all(line.startswith("<") for line in html.splitlines())
    assert Page(html).find_all("h3")[0][1] == HOSTILE


def test_gallery_has_no_inline_styles_or_scripts_and_unique_ids() -> None:
    """A strict Content-Security-Policy may forbid inline styles and scripts."""
    html = render_gallery([build_test_card(), build_test_card("locks/nine")], TITLES)
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 2


def build_busy_run(number: int) -> Run:
    """Return a run of twelve threads that often wait for a lock."""
    workers = [make_main_worker(2.0), *(make_worker(n, ended=2.0) for n in range(1, 13))]
    spans = [
        Span(f"w{n}", "waiting", at, at + 0.01 + (7 * n + number) % 5 / 1000, "lock")
        for n in range(1, 13)
        for at in (step * 0.04 + n * number % 17 / 1000 for step in range(48))
    ]
    return make_run(workers, spans, 2.0)


def test_gallery_of_eighty_programs_is_below_150_kb_compressed() -> None:
    exhibits = [
        build_test_card(
            f"threads/program-{n}",
            f"Program {n} does something of its own",
            run=build_busy_run(n) if n % 4 == 0 else make_nine_threads(),
            uses=("threading.Thread", "queue.Queue", "threading.Lock"),
        )
        for n in range(80)
    ]
    sent = gzip.compress(render_gallery(exhibits, TITLES).encode())
    assert len(sent) < 150_000
