"""The timeline of a run as SVG: lanes, states, marks and text alternative."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import pytest
from helpers.handmade import make_main_worker, make_nine_threads, make_run, make_worker

from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Line, Link, Run, Span


def draw(run: Run) -> ElementTree.Element:
    """Return the timeline parsed as XML, which rejects unescaped text."""
    html = render_timeline(run, "x").replace(" data-search-exclude", "")
    return ElementTree.fromstring(html)


def find_marks(run: Run, css: str, worker: str | None = None) -> list[ElementTree.Element]:
    """Return the elements of a CSS class, in the lane of `worker` or in all."""
    lanes = [
        lane
        for lane in draw(run).iter()
        if worker is None or ("lane" in lane.get("class", "") and lane.get("data-worker") == worker)
    ]
    all_marks = {id(mark): mark for lane in lanes for mark in lane.iter()}
    return [mark for mark in all_marks.values() if css in mark.get("class", "").split()]


def read_title(mark: ElementTree.Element) -> str:
    """Return the text that is shown when the pointer is over a mark."""
    return next(child.text or "" for child in mark if child.tag == "title")


def test_each_worker_has_a_lane_with_its_id_and_kind() -> None:
    lanes = find_marks(make_nine_threads(), "lane")
    kinds = [(lane.get("data-worker"), lane.get("data-kind")) for lane in lanes]
    assert kinds == [("w0", "process"), *((f"w{n}", "thread") for n in range(1, 10))]


def test_label_of_a_lane_has_name_kind_function_and_line() -> None:
    labels = find_marks(make_nine_threads(), "name")
    assert "".join(labels[3].itertext()) == "target 3"
    assert labels[3].get("title") == "target 3: thread of main, target(), line 5"
    assert labels[0].get("title") == "main: process"


def test_states_differ_by_shape_and_title() -> None:
    run = make_run(
        [make_main_worker(), make_worker(1, "generator", "task 1")],
        [
            Span("w1", "running", 0, 0.2),
            Span("w1", "waiting", 0.2, 0.6, "sleep"),
            Span("w1", "suspended", 0.6, 1),
        ],
    )
    [running], [waiting], [alive] = (find_marks(run, css, "w1") for css in ("run", "wait", "alive"))
    assert read_title(running) == "task 1 runs, 0.00 s to 0.20 s"
    assert read_title(waiting) == "task 1 waits in sleep, 0.20 s to 0.60 s"
    assert read_title(alive) == "task 1 is suspended, 0.60 s to 1.00 s"
    assert (running.tag, waiting.tag, alive.tag) == ("rect", "rect", "line")
    pattern = re.fullmatch(r"url\(#(.+)\)", waiting.get("fill", ""))
    assert pattern
    assert pattern[1] in {mark.get("id") for mark in draw(run).iter("pattern")}
    assert [mark.text for mark in find_marks(run, "reason", "w1")] == ["sleep"]


@pytest.mark.parametrize(
    ("seconds", "classes"), [(0.6, ["reason"]), (0.1, ["reason wide"]), (0.02, [])]
)
def test_reason_of_a_wait_is_labelled_only_where_it_fits(
    seconds: float, classes: list[str]
) -> None:
    run = make_run([make_main_worker()], [Span("w0", "waiting", 0, seconds, "sleep")])
    assert [mark.get("class") for mark in find_marks(run, "reason")] == classes


def test_unfinished_worker_continues_past_the_stop_line() -> None:
    run = make_run(
        [make_main_worker(None), make_worker(1, ended=0.5)],
        [Span("w0", "waiting", 0.1, None, "join")],
        ending="stopped",
    )
    assert len(find_marks(run, "stop")) == 1
    assert [mark.text for mark in find_marks(run, "stopped")] == ["stopped at 1.00 s"]
    assert len(find_marks(run, "on", "w0")) == 1
    assert not find_marks(run, "on", "w1")
    assert read_title(find_marks(run, "wait")[0]) == "main waits in join, 0.10 s to the stop"
    assert not find_marks(make_nine_threads(), "stop")


def test_height_of_a_running_bar_is_its_cpu_share() -> None:
    half = tuple((at / 10, 0.5) for at in range(10))
    whole = tuple((at / 10, 1.0) for at in range(10))
    run = make_run([make_main_worker(), make_worker(1, shares=half), make_worker(2, shares=whole)])
    [small], [tall] = (find_marks(run, "run", worker) for worker in ("w1", "w2"))
    assert float(small.get("height", 0)) * 2 == float(tall.get("height", 0))
    assert len(find_marks(run, "track", "w1")) == 1
    assert "running, as high as its CPU share" in render_timeline(run)


def test_segment_with_few_cpu_samples_has_full_height() -> None:
    run = make_run(
        [make_worker(0, "process", shares=((0.0, 0.0), (0.505, 0.0), (0.51, 0.0)))],
        [Span("w0", "waiting", 0, 0.5, "sleep"), Span("w0", "waiting", 0.52, 1, "sleep")],
    )
    assert not find_marks(run, "track")
    assert len(find_marks(run, "run")) == 1


def test_short_segment_with_frequent_samples_has_its_cpu_share() -> None:
    workers = [make_worker(1, ended=0.2, shares=((0.0, 0.5),), sample=s) for s in (0.1, 0.05)]
    [[full], [half]] = (
        find_marks(make_run([make_main_worker(), worker]), "run", "w1") for worker in workers
    )
    assert float(half.get("height", 0)) * 2 == float(full.get("height", 0))


def test_cpu_share_is_valid_until_the_next_sample() -> None:
    run = make_run([make_main_worker(), make_worker(1, shares=((0.1, 0.2),))])
    [bar] = find_marks(run, "run", "w1")
    assert float(bar.get("height", 0)) == pytest.approx(14 * 0.2)


def test_cpu_samples_before_a_segment_do_not_count() -> None:
    shares = tuple((at / 10, 1.0 if at < 5 else 0.2) for at in range(10))
    run = make_run(
        [make_worker(0, "process", shares=shares)], [Span("w0", "waiting", 0, 0.5, "sleep")]
    )
    [bar] = find_marks(run, "run")
    assert float(bar.get("height", 0)) == pytest.approx(14 * 0.2)


def test_printed_line_is_a_dot_with_its_number_and_text() -> None:
    lines = [
        Line(0.1, "stdout", "one", "w1"),
        Line(0.5, "stderr", "two" * 40, "w1"),
        Line(0.9, "stdout", "unknown", None),
    ]
    dots = find_marks(make_run([make_main_worker(), make_worker(1)], lines=lines), "dot")
    assert [(dot.tag, dot.get("data-line")) for dot in dots] == [("circle", "0"), ("rect", "1")]
    assert read_title(dots[0]) == "0.10 s: one"
    assert read_title(dots[1]).endswith("…")


def test_overlapping_dots_are_omitted() -> None:
    lines = [Line(0.5, "stdout", str(n), "w0") for n in range(1000)]
    assert len(find_marks(make_run([make_main_worker()], lines=lines), "dot")) == 1


def test_link_is_a_vertical_line_to_the_worker_that_waited() -> None:
    links = [Link("w1", "w0", 0.5, "join"), Link("w0", "w1", 0.2, "lock")]
    up, down = sorted(
        find_marks(make_run([make_main_worker(), make_worker(1)], links=links), "link"),
        key=read_title,
    )[::-1]
    assert read_title(up) == "target 1 ends the wait of main in join, 0.50 s"
    assert read_title(down) == "main ends the wait of target 1 for a lock, 0.20 s"
    # From the middle of a lane to the nearest edge of the other's bar.
    assert [up[0].get(end) for end in ("y1", "y2")] == ["37", "22"]
    assert [down[0].get(end) for end in ("y1", "y2")] == ["15", "30"]


def test_simultaneous_links_are_drawn_as_the_longest() -> None:
    [link] = find_marks(make_nine_threads(), "link")
    assert read_title(link).startswith("target 9 ends the wait of main in join")
    assert read_title(link).endswith(", and 8 more do")


@pytest.mark.parametrize("count", [1, 2, 24, 25, 200])
def test_workers_beyond_24_share_one_lane(count: int) -> None:
    workers = [make_main_worker(), *(make_worker(n, began=n / 400) for n in range(1, count))]
    run = make_run(workers, lines=[Line(0.9, "stdout", "x", f"w{count - 1}")])
    lanes = find_marks(run, "lane")
    assert len(lanes) == min(count, 25)
    text = "".join(draw(run).itertext())
    assert ("more" in (lanes[-1].get("class") or "")) == (count > 24)
    if count > 24:
        assert f"+ {count - 24} more" in text
        assert f"And {count - 24} more worker" in text


def test_height_of_the_shared_lane_is_the_fraction_alive() -> None:
    workers = [make_main_worker(), *(make_worker(n) for n in range(1, 24))]
    workers += [make_worker(24, began=0.0, ended=None), make_worker(25, began=0.5)]
    half, full = find_marks(make_run(workers), "run", "")
    assert float(half.get("height", 0)) * 2 == float(full.get("height", 0))


def test_adjacent_running_spans_are_joined_but_waits_are_not() -> None:
    spans = [Span("w0", "running", n / 10, (n + 1) / 10) for n in range(5)]
    spans += [Span("w0", "waiting", n / 10, (n + 1) / 10, "sleep") for n in range(5, 10)]
    run = make_run([make_main_worker()], spans)
    assert (len(find_marks(run, "run")), len(find_marks(run, "wait"))) == (1, 5)


def test_timeline_of_nine_threads_is_below_12_kb_compressed() -> None:
    text = render_timeline(make_nine_threads())
    assert len(gzip.compress(text.encode())) < 12_000


def test_run_without_workers_has_no_timeline() -> None:
    assert render_timeline(make_run([])) == ""


def test_run_and_worker_of_zero_length_are_drawn() -> None:
    run = make_run([make_main_worker(0.0), make_worker(1, began=0.0, ended=0.0)], seconds=0.0)
    assert len(find_marks(run, "run")) == 2


def test_hostile_worker_name_is_text_in_labels_and_drawing() -> None:
    name = '</title><script>alert(1)</script>&"\n3'
    run = make_run(
        [make_main_worker(), make_worker(1, name=name)], [Span("w1", "waiting", 0, 1, "<b>sleep")]
    )
    text = render_timeline(run, "x")
    assert "<script" not in text
    assert "<b>sleep" not in text
    assert "".join(find_marks(run, "name")[1].itertext()) == name


def test_timeline_has_a_label_and_a_description_of_each_lane() -> None:
    [svg] = find_marks(make_nine_threads(), "snippet-timeline")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "9 threads wait in sleep concurrently, 0.04 s to 1.04 s."
    description = next(svg.iter("desc")).text or ""
    assert description.startswith("main, process, 0.00 s to 1.07 s: runs for 0.05 s, waits in join")
    stopped = make_run([make_main_worker(None)], ending="stopped")
    assert "main, process, 0.00 s to the stop: runs for 1.00 s." in render_timeline(stopped)
