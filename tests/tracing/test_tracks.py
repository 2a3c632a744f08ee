"""Tracks: the sequence of states of each worker, and its CPU use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.handmade import make_main_worker, make_run, make_worker

from snippet_engine.run import Span, Worker, WorkerKind
from snippet_engine.tracing.tracks import (
    Segment,
    build_tracks,
    find_cpu_shares,
    group_spans,
    iter_segments,
    iter_worker_tree,
)


def find_segments(worker: Worker, *spans: Span, until: float = 1.0) -> list[Segment]:
    return [*iter_segments(worker, group_spans(spans), until)]


def test_tracks_have_children_under_their_parents() -> None:
    workers = [make_main_worker(), make_worker(1), make_worker(2), make_worker(3, parent="w1")]
    tree = [(worker.id, depth) for worker, depth in iter_worker_tree(workers)]
    assert tree == [("w0", 0), ("w1", 1), ("w3", 2), ("w2", 1)]


def test_worker_with_an_unknown_parent_is_at_the_top() -> None:
    workers = [make_main_worker(), make_worker(1, parent="w9")]
    assert [depth for _, depth in iter_worker_tree(workers)] == [0, 0]


@pytest.mark.parametrize(
    ("kind", "state"),
    [("process", "running"), ("thread", "running")]
    + [(kind, "suspended") for kind in ("task", "coroutine", "generator")],
)
def test_time_outside_spans_depends_on_the_kind(kind: WorkerKind, state: str) -> None:
    segments = find_segments(make_worker(1, kind), Span("w1", "waiting", 0.2, 0.4, "sleep"))
    assert [(s.state, s.began, s.ended) for s in segments] == [
        (state, 0.0, 0.2),
        ("waiting", 0.2, 0.4),
        (state, 0.4, 1.0),
    ]


def test_spans_that_overlap_are_cut() -> None:
    spans = [Span("w1", "waiting", 0.1, 0.5, "lock"), Span("w1", "running", 0.3, 0.4)]
    segments = find_segments(make_worker(1), *spans)
    assert [(s.began, s.ended) for s in segments] == [(0.0, 0.1), (0.1, 0.5), (0.5, 1.0)]


def test_spans_outside_a_lifetime_are_cut() -> None:
    worker = make_worker(1, began=0.2, ended=0.8)
    segments = find_segments(worker, Span("w1", "waiting", 0.0, 0.9, "join"))
    assert [(s.began, s.ended) for s in segments] == [(0.2, 0.8)]


def test_open_span_of_a_living_worker_is_unfinished() -> None:
    worker = make_worker(1, ended=None)
    first, last = find_segments(worker, Span("w1", "waiting", 0.5, None, "lock"), until=2.0)
    assert (first.is_unfinished, last.is_unfinished) == (False, True)
    assert (last.began, last.ended, last.seconds) == (0.5, 2.0, 1.5)


def test_worker_without_spans_has_one_segment() -> None:
    assert find_segments(make_worker(1, began=0.5, ended=0.5)) == [Segment("running", 0.5, 0.5)]


def test_segments_end_with_the_run() -> None:
    worker = make_worker(1, ended=3.0)
    assert find_segments(worker, Span("w1", "waiting", 0.5, 2.5, "lock"), until=2.0) == [
        Segment("running", 0.0, 0.5),
        Segment("waiting", 0.5, 2.0, "lock"),
    ]


def test_run_of_no_time_has_tracks() -> None:
    [track] = build_tracks(make_run([make_main_worker(ended=0.0)], seconds=0.0))
    assert (track.depth, len(track.segments)) == (0, 1)


def make_sampled_worker(*shares: tuple[float, float]) -> Worker:
    return replace(make_worker(1), shares=shares, sample=0.1)


def test_cpu_shares_are_rounded_and_merged() -> None:
    worker = make_sampled_worker((0.0, 0.52), (0.2, 0.48), (0.5, 1.3), (0.8, -0.1))
    assert find_cpu_shares(worker, Segment("running", 0.1, 0.9)) == [
        (0.1, 0.5, 0.5),
        (0.5, 0.8, 1.0),
        (0.8, 0.9, 0.0),
    ]


@pytest.mark.parametrize(("ended", "known"), [(0.29, False), (0.31, True)])
def test_cpu_shares_of_too_few_samples_are_unknown(ended: float, known: bool) -> None:
    worker = make_sampled_worker((0.0, 1.0))
    assert bool(find_cpu_shares(worker, Segment("running", 0.0, ended))) == known


def test_cpu_shares_outside_a_segment_do_not_count_for_it() -> None:
    worker = make_sampled_worker((0.0, 0.1), (0.4, 0.9), (0.8, 0.2))
    assert find_cpu_shares(worker, Segment("running", 0.4, 0.8)) == [(0.4, 0.8, 0.9)]
