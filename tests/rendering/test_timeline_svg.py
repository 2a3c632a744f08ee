"""The picture of a run: lanes, states, marks and text alternative."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import pytest
from helpers.handmade import a_run, a_worker, main, nine_threads

from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Line, Link, Run, Span


def drawn(run: Run) -> ElementTree.Element:
    """The picture, parsed as XML, which takes no bare `&` or attribute without a value."""
    html = render_timeline(run, "x").replace(" data-search-exclude", "")
    return ElementTree.fromstring(html)


def marks(run: Run, css: str, worker: str | None = None) -> list[ElementTree.Element]:
    """All marks of one class, of the lane of `worker` or of all."""
    lanes = [
        lane
        for lane in drawn(run).iter()
        if worker is None or ("lane" in lane.get("class", "") and lane.get("data-worker") == worker)
    ]
    found = {id(mark): mark for lane in lanes for mark in lane.iter()}
    return [mark for mark in found.values() if css in mark.get("class", "").split()]


def title(mark: ElementTree.Element) -> str:
    """What hovering over a mark says."""
    return next(child.text or "" for child in mark if child.tag == "title")


def test_each_worker_has_a_lane_with_its_id_and_kind() -> None:
    """Ten workers give ten lanes, which carry the hooks for tests and script."""
    lanes = marks(nine_threads(), "lane")
    kinds = [(lane.get("data-worker"), lane.get("data-kind")) for lane in lanes]
    assert kinds == [("w0", "process"), *((f"w{n}", "thread") for n in range(1, 10))]


def test_names_stand_beside_the_lanes_with_kind_function_and_line() -> None:
    """Each lane's label has the name as text, and what it is on hover."""
    labels = marks(nine_threads(), "name")
    assert "".join(labels[3].itertext()) == "target 3"
    assert labels[3].get("title") == "target 3: thread of main, target(), line 5"
    assert labels[0].get("title") == "main: process"


def test_states_differ_by_shape_and_are_named_on_hover() -> None:
    """Running is a bar, waiting a hatched box with its reason, suspended a line."""
    run = a_run(
        [main(), a_worker(1, "generator", "task 1")],
        [
            Span("w1", "running", 0, 0.2),
            Span("w1", "waiting", 0.2, 0.6, "sleep"),
            Span("w1", "suspended", 0.6, 1),
        ],
    )
    [running], [waiting], [alive] = (marks(run, css, "w1") for css in ("run", "wait", "alive"))
    assert title(running) == "task 1 runs, 0.00 s to 0.20 s"
    assert title(waiting) == "task 1 waits in sleep, 0.20 s to 0.60 s"
    assert title(alive) == "task 1 is suspended, 0.60 s to 1.00 s"
    assert (running.tag, waiting.tag, alive.tag) == ("rect", "rect", "line")
    pattern = re.fullmatch(r"url\(#(.+)\)", waiting.get("fill", ""))
    assert pattern
    assert pattern[1] in {mark.get("id") for mark in drawn(run).iter("pattern")}
    assert [mark.text for mark in marks(run, "reason", "w1")] == ["sleep"]


@pytest.mark.parametrize(
    ("seconds", "classes"), [(0.6, ["reason"]), (0.1, ["reason wide"]), (0.02, [])]
)
def test_a_reason_stands_on_its_wait_only_where_it_fits(seconds: float, classes: list[str]) -> None:
    """A wait too narrow for its word on a phone, or at all, goes without it there."""
    run = a_run([main()], [Span("w0", "waiting", 0, seconds, "sleep")])
    assert [mark.get("class") for mark in marks(run, "reason")] == classes


def test_what_outlives_the_run_goes_on_past_a_stop_line() -> None:
    """An open wait is drawn to the stop and, dashed, beyond; an ended worker is not."""
    run = a_run(
        [main(None), a_worker(1, ended=0.5)],
        [Span("w0", "waiting", 0.1, None, "join")],
        ending="stopped",
    )
    assert len(marks(run, "stop")) == 1
    assert [mark.text for mark in marks(run, "stopped")] == ["stopped at 1.00 s"]
    assert len(marks(run, "on", "w0")) == 1
    assert not marks(run, "on", "w1")
    assert title(marks(run, "wait")[0]) == "main waits in join, 0.10 s to the stop"
    assert not marks(nine_threads(), "stop")


def test_the_height_of_a_running_bar_is_its_share_of_the_cpu() -> None:
    """Two threads under the GIL fill half of their lanes; one with a core fills its."""
    half = tuple((at / 10, 0.5) for at in range(10))
    whole = tuple((at / 10, 1.0) for at in range(10))
    run = a_run([main(), a_worker(1, shares=half), a_worker(2, shares=whole)])
    [small], [tall] = (marks(run, "run", worker) for worker in ("w1", "w2"))
    assert float(small.get("height", 0)) * 2 == float(tall.get("height", 0))
    assert len(marks(run, "track", "w1")) == 1
    assert "running, as high as its CPU share" in render_timeline(run)


def test_few_samples_say_nothing_of_a_stretch() -> None:
    """A moment of running between two waits is drawn in full, whatever the sampling saw."""
    run = a_run(
        [a_worker(0, "process", shares=((0.0, 0.0), (0.505, 0.0), (0.51, 0.0)))],
        [Span("w0", "waiting", 0, 0.5, "sleep"), Span("w0", "waiting", 0.52, 1, "sleep")],
    )
    assert not marks(run, "track")
    assert len(marks(run, "run")) == 1


def test_what_is_looked_at_closer_is_known_sooner() -> None:
    """So a program that computes may be short, and is drawn with its shares."""
    workers = [a_worker(1, ended=0.2, shares=((0.0, 0.5),), sample=s) for s in (0.1, 0.05)]
    [[full], [half]] = (marks(a_run([main(), worker]), "run", "w1") for worker in workers)
    assert float(half.get("height", 0)) * 2 == float(full.get("height", 0))


def test_a_share_holds_until_the_next_one() -> None:
    """One share for a long stretch is known for all of it, and drawn."""
    run = a_run([main(), a_worker(1, shares=((0.1, 0.2),))])
    [bar] = marks(run, "run", "w1")
    assert float(bar.get("height", 0)) == pytest.approx(14 * 0.2)


def test_samples_before_a_stretch_do_not_count_for_it() -> None:
    """CPU use while a worker waited is not drawn where it runs."""
    shares = tuple((at / 10, 1.0 if at < 5 else 0.2) for at in range(10))
    run = a_run([a_worker(0, "process", shares=shares)], [Span("w0", "waiting", 0, 0.5, "sleep")])
    [bar] = marks(run, "run")
    assert float(bar.get("height", 0)) == pytest.approx(14 * 0.2)


def test_a_dot_for_each_printed_line_tells_which() -> None:
    """Dots carry the number of their line; standard error has a square."""
    lines = [
        Line(0.1, "stdout", "one", "w1"),
        Line(0.5, "stderr", "two" * 40, "w1"),
        Line(0.9, "stdout", "unknown", None),
    ]
    dots = marks(a_run([main(), a_worker(1)], lines=lines), "dot")
    assert [(dot.tag, dot.get("data-line")) for dot in dots] == [("circle", "0"), ("rect", "1")]
    assert title(dots[0]) == "0.10 s: one"
    assert title(dots[1]).endswith("…")


def test_dots_that_would_cover_one_another_are_left_out() -> None:
    """A thousand lines in one moment are one dot."""
    lines = [Line(0.5, "stdout", str(n), "w0") for n in range(1000)]
    assert len(marks(a_run([main()], lines=lines), "dot")) == 1


def test_a_link_joins_who_ended_a_wait_to_who_waited() -> None:
    """It is a vertical line at its moment, in either direction, with words on hover."""
    links = [Link("w1", "w0", 0.5, "join"), Link("w0", "w1", 0.2, "lock")]
    up, down = sorted(marks(a_run([main(), a_worker(1)], links=links), "link"), key=title)[::-1]
    assert title(up) == "target 1 ends the wait of main in join, 0.50 s"
    assert title(down) == "main ends the wait of target 1 for a lock, 0.20 s"
    assert float(up[0].get("y1", 0)) > float(up[0].get("y2", 0))
    assert float(down[0].get("y1", 0)) < float(down[0].get("y2", 0))


def test_links_at_one_moment_are_drawn_as_the_longest_of_them() -> None:
    """Nine threads that end together release the main thread in one line."""
    [link] = marks(nine_threads(), "link")
    assert title(link).startswith("target 9 ends the wait of main in join")
    assert title(link).endswith(", and 8 more do")


@pytest.mark.parametrize("count", [1, 2, 24, 25, 200])
def test_at_most_24_lanes_and_one_for_the_rest(count: int) -> None:
    """Up to 200 workers stay legible, and none is left untold."""
    workers = [main(), *(a_worker(n, began=n / 400) for n in range(1, count))]
    run = a_run(workers, lines=[Line(0.9, "stdout", "x", f"w{count - 1}")])
    lanes = marks(run, "lane")
    assert len(lanes) == min(count, 25)
    text = "".join(drawn(run).itertext())
    assert ("more" in (lanes[-1].get("class") or "")) == (count > 24)
    if count > 24:
        assert f"+ {count - 24} more" in text
        assert f"And {count - 24} more worker" in text


def test_the_rest_is_drawn_as_high_as_many_are_alive() -> None:
    """The summary lane is full while all of the rest live, and half full before."""
    workers = [main(), *(a_worker(n) for n in range(1, 24))]
    workers += [a_worker(24, began=0.0, ended=None), a_worker(25, began=0.5)]
    half, full = marks(a_run(workers), "run", "")
    assert float(half.get("height", 0)) * 2 == float(full.get("height", 0))


def test_spans_of_running_on_are_one_bar_and_two_waits_are_two_boxes() -> None:
    """What a reader cannot tell apart is one; a second sleep is a new one."""
    spans = [Span("w0", "running", n / 10, (n + 1) / 10) for n in range(5)]
    spans += [Span("w0", "waiting", n / 10, (n + 1) / 10, "sleep") for n in range(5, 10)]
    run = a_run([main()], spans)
    assert (len(marks(run, "run")), len(marks(run, "wait"))) == (1, 5)


def test_the_picture_is_small_and_the_same_for_the_same_run() -> None:
    """It can be compared and cached: under 12 KB gzipped, with nothing of chance in it."""
    text = render_timeline(nine_threads())
    assert text == render_timeline(Run.from_json(nine_threads().to_json()))
    assert len(gzip.compress(text.encode())) < 12_000


def test_a_run_without_workers_has_no_picture() -> None:
    """Older runs and those without a trace are drawn as nothing."""
    assert render_timeline(a_run([])) == ""


def test_a_run_and_a_worker_of_no_length_are_drawn() -> None:
    """A program that ended at once divides nothing by zero."""
    run = a_run([main(0.0), a_worker(1, began=0.0, ended=0.0)], seconds=0.0)
    assert len(marks(run, "run")) == 2


def test_names_are_harmless_in_every_place() -> None:
    """A worker may be named as it likes: its name is text, in labels and in the drawing."""
    name = '</title><script>alert(1)</script>&"\n3'
    run = a_run([main(), a_worker(1, name=name)], [Span("w1", "waiting", 0, 1, "<b>sleep")])
    text = render_timeline(run, "x")
    assert "<script" not in text
    assert "<b>sleep" not in text
    assert "".join(marks(run, "name")[1].itertext()) == name


def test_the_picture_is_an_image_with_each_lane_told_in_words() -> None:
    """Who does not see it hears the lesson, and each lane's life in its description."""
    [svg] = marks(nine_threads(), "snippet-timeline")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "9 threads wait in sleep at once, 0.04 s to 1.04 s."
    told = next(svg.iter("desc")).text or ""
    assert told.startswith("main, process, 0.00 s to 1.07 s: runs for 0.05 s, waits in join")
    stopped = a_run([main(None)], ending="stopped")
    assert "main, process, 0.00 s to the stop: runs for 1.00 s." in render_timeline(stopped)
