"""The layout of a run: lanes, segments, links and the time axis."""

from __future__ import annotations

import gzip

import pytest
from helpers.handmade import make_main_worker, make_run, make_worker

from snippet_engine.rendering.layout import (
    MAX_SEGMENTS,
    assign_styles,
    build_layout,
    compute_ticks,
    group_links,
)
from snippet_engine.rendering.timeline_svg import render_timeline
from snippet_engine.run import Link, Span, WorkerKind


def test_lanes_are_nested_by_parent_in_order_of_start() -> None:
    run = make_run(
        [
            make_main_worker(),
            make_worker(1, "process", "producer"),
            make_worker(2, "process", "consumer"),
            make_worker(3, name="feeder", parent="w1"),
            make_worker(4, name="stray", parent="gone"),
        ]
    )
    order = [(lane.worker.name, lane.depth) for lane in build_layout(run).lanes]
    assert order == [("main", 0), ("producer", 1), ("feeder", 2), ("consumer", 1), ("stray", 0)]


@pytest.mark.parametrize(("kind", "state"), [("thread", "running"), ("generator", "suspended")])
def test_time_outside_spans_is_the_idle_state_of_the_kind(kind: WorkerKind, state: str) -> None:
    run = make_run(
        [make_main_worker(), make_worker(1, kind)], [Span("w1", "waiting", 0.2, 0.4, "lock")]
    )
    states = [(s.state, s.began, s.ended) for s in build_layout(run).lanes[1].segments]
    assert states == [(state, 0, 0.2), ("waiting", 0.2, 0.4), (state, 0.4, 1.0)]


def test_overlapping_and_overlong_spans_are_cut() -> None:
    spans = [
        Span("w0", "waiting", 0.1, 0.5, "lock"),
        Span("w0", "waiting", 0.2, 0.4, "sleep"),
        Span("w0", "waiting", 0.4, 7.0, "queue"),
    ]
    segments = [
        (s.reason, s.began, s.ended)
        for s in build_layout(make_run([make_main_worker()], spans)).lanes[0].segments
    ]
    assert segments == [("", 0, 0.1), ("lock", 0.1, 0.5), ("queue", 0.5, 1.0)]


def test_links_within_a_lane_or_from_unknown_workers_are_omitted() -> None:
    links = [Link("w0", "w0", 0.1, "lock"), Link("w9", "w0", 0.1, "lock")]
    assert group_links(links, {"w0": 0}, 1.0) == []


@pytest.mark.parametrize(
    ("until", "labels"),
    [
        (1.07, ["0", "0.5 s", "1 s"]),
        (3.5, ["0", "1 s", "2 s", "3 s"]),
        (0.041, ["0", "10 ms", "20 ms", "30 ms", "40 ms"]),
        (0.0021, ["0", "0.5 ms", "1 ms", "1.5 ms", "2 ms"]),
        (9.06, ["0", "2 s", "4 s", "6 s", "8 s"]),
        (60, ["0", "20 s", "40 s", "60 s"]),
    ],
)
def test_ticks_are_round_and_in_milliseconds_for_short_runs(
    until: float, labels: list[str]
) -> None:
    assert [label for _, label in compute_ticks(until)] == labels


def test_many_short_spans_become_one_segment_of_the_longest_state() -> None:
    spans = []
    for n in range(20_000):
        spans.append(Span("w0", "running", n / 2e4, (n + 0.2) / 2e4))
        spans.append(Span("w0", "waiting", (n + 0.2) / 2e4, (n + 1) / 2e4, "lock"))
    run = make_run([make_main_worker()], spans)
    [lane] = build_layout(run).lanes
    assert [(s.state, s.began, s.ended) for s in lane.segments] == [("waiting", 0, 1)]
    assert len(gzip.compress(render_timeline(run).encode())) < 12_000


def test_segments_of_crowded_lanes_are_merged_to_the_limit() -> None:
    workers = [make_main_worker(), *(make_worker(n) for n in range(1, 20))]
    spans = [
        Span(f"w{n}", "waiting", at / 300, (at + 0.5) / 300, "lock")
        for n in range(20)
        for at in range(300)
    ]
    lanes = build_layout(make_run(workers, spans)).lanes
    assert sum(len(lane.segments) for lane in lanes) <= MAX_SEGMENTS


def test_short_segment_between_two_waits_remains() -> None:
    spans = [Span("w0", "waiting", 0, 0.5, "sleep"), Span("w0", "waiting", 0.50001, 1, "sleep")]
    states = [
        stretch.state
        for stretch in build_layout(make_run([make_main_worker()], spans)).lanes[0].segments
    ]
    assert states == ["waiting", "running", "waiting"]


def test_first_56_workers_differ_in_colour_or_symbol() -> None:
    styles = list(assign_styles([make_worker(n) for n in range(57)]).values())
    assert styles[0] == "w0 s0"
    assert len(set(styles[1:])) == 56
