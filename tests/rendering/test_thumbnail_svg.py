"""The timeline of a run as a thumbnail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpers.handmade import make_main_worker, make_run, make_worker

from snippet_engine.rendering.thumbnail_svg import render_thumbnail
from snippet_engine.run import Span

if TYPE_CHECKING:
    pass


def find_paths(html: str) -> list[tuple[str, str]]:
    """Return the CSS class and the path of each part of the lanes."""
    return re.findall(r'<path class="(\w+)" d="(.+?)"', html.partition('class="grid"')[2])


def test_states_differ_by_shape_and_have_a_minimum_width() -> None:
    task = make_worker(1, "task")
    spans = [Span("w1", "waiting", 0.5, 0.75, "sleep"), Span("w1", "running", 0.75, 0.751)]
    assert find_paths(render_thumbnail(make_run([make_main_worker(), task], spans), "")) == [
        ("run", "M0 1h1000v5h-1000z"),
        ("wait", "M500 8h250v5h-250z"),
        ("alive", "M0 10h500v1h-500zM751 10h249v1h-249z"),
        ("run", "M750 8h5v5h-5z"),
    ]


def test_height_of_a_running_bar_is_its_cpu_share() -> None:
    busy = make_worker(0, "process", shares=((0.0, 0.5),))
    assert find_paths(render_thumbnail(make_run([busy]), "")) == [
        ("track", "M0 1h1000v5h-1000z"),
        ("run", "M0 3.5h1000v2.5h-1000z"),
    ]


def test_unfinished_worker_continues_as_dashes_past_the_stop() -> None:
    drawn = dict(
        find_paths(
            render_thumbnail(
                make_run([make_main_worker(None)], [Span("w0", "waiting", 0, None, "lock")]), ""
            )
        )
    )
    dashes = [int(x) for x in re.findall(r"M(\d+) ", drawn["on"])]
    assert len(dashes) >= 2
    assert all(971 < x < 1000 for x in dashes)


def test_workers_beyond_the_last_lane_share_one() -> None:
    workers = [make_main_worker(), *(make_worker(n, began=n / 40) for n in range(1, 20))]
    html = render_thumbnail(make_run(workers), "")
    assert html.count('<g class="lane ') == 13
    assert 'data-kind="more"' in html
