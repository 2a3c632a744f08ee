"""The timeline of a run in characters."""

from __future__ import annotations

import pytest
from helpers.handmade import make_main_worker, make_nine_threads, make_run, make_worker
from rich.cells import cell_len

from snippet_engine.rendering.timeline_text import (
    ASCII_MARKS,
    UNICODE_MARKS,
    Marks,
    fit_name,
    render_text_timeline,
)
from snippet_engine.run import Run, Span, WorkerState


def render_lines(run: Run, width: int = 60, marks: Marks = UNICODE_MARKS) -> list[str]:
    return [row.plain for row in render_text_timeline(run, width, marks)]


def render_worker(run: Run, width: int = 60, marks: Marks = UNICODE_MARKS) -> str:
    """Return the cells of the second worker, `target 1`."""
    return render_lines(run, width, marks)[1].removeprefix(" target 1 ")


@pytest.mark.parametrize("marks", [UNICODE_MARKS, ASCII_MARKS])
def test_each_state_has_its_own_character(marks: Marks) -> None:
    spans = [
        Span("w1", "running", 0, 0.25),
        Span("w1", "waiting", 0.25, 0.5, "lock"),
        Span("w1", "waiting", 0.5, 0.75, "sleep"),
    ]
    run = make_run([make_main_worker(), make_worker(1, "generator")], spans)
    row = render_worker(run, 10 + 80, marks)
    assert row[:20] == marks.running[-1] * 20
    assert set(row[20:40]) == {marks.waiting, *" lock"}
    assert row[40] == marks.next_wait
    assert set(row[41:60]) == {marks.waiting, *" sleep"}
    assert row[60:] == marks.suspended * 20


def test_rows_are_the_workers_the_time_axis_and_the_key() -> None:
    rows = render_lines(make_nine_threads())
    assert rows[0].startswith("main      █")
    threads = rows[1:10]
    assert all(row.startswith(f" target {n} ") for n, row in enumerate(threads, 1))
    assert all(" sleep " in row and len(row) < 60 for row in threads)
    assert rows[10].split() == ["╵0", "╵0.5", "s", "╵1", "s"]
    assert rows[11] == "█ running   ░ waiting"


def test_tick_of_the_axis_is_at_its_time() -> None:
    axis = render_lines(make_run([make_main_worker()]), 5 + 100)[1]
    assert axis.index("╵0.4 s") == 5 + 40


def test_cpu_share_is_the_height_of_a_cell() -> None:
    worker = make_worker(1, shares=((0.0, 0.5),))
    run = make_run([make_main_worker(), worker], [Span("w0", "waiting", 0, 1, "join")])
    assert set(render_worker(run)) == {"▅"}
    assert "running, as high as its CPU share" in render_lines(run)[-1]
    assert set(render_worker(run, marks=ASCII_MARKS)) == {"#"}


@pytest.mark.parametrize("shares", [(0.1, 0.9), (0.9, 0.1)])
def test_cell_with_several_cpu_shares_shows_the_highest(shares: tuple[float, float]) -> None:
    low_and_high = tuple((n / 400, shares[n % 2]) for n in range(400))
    run = make_run([make_main_worker(), make_worker(1, shares=low_and_high)])
    assert set(render_worker(run, 10 + 50)) == {"█"}


@pytest.mark.parametrize(
    ("states", "dominant"),
    [
        (("running", "waiting"), UNICODE_MARKS.waiting),
        (("waiting", "running"), UNICODE_MARKS.running[-1]),
        (("suspended", "running"), UNICODE_MARKS.running[-1]),
        (("running", "suspended"), UNICODE_MARKS.suspended),
    ],
)
def test_cell_shows_the_state_that_lasts_longest_in_it(
    states: tuple[WorkerState, WorkerState], dominant: str
) -> None:
    """The second state has two thirds of the first cell, at whichever end of it."""
    cell = 1 / 50
    for first, second, change in [(*states, cell / 3), (*states[::-1], cell * 2 / 3)]:
        spans = [Span("w1", first, 0, change), Span("w1", second, change, 1)]
        row = render_worker(make_run([make_main_worker(), make_worker(1, "task")], spans), 10 + 50)
        assert row[0] == dominant


def test_worker_interrupted_by_the_stop_is_marked_after_it() -> None:
    workers = [make_main_worker(None), make_worker(1, ended=None), make_worker(2)]
    rows = render_lines(make_run(workers, ending="stopped"), 90)
    assert [row.rstrip().endswith(">") for row in rows[:3]] == [True, True, False]
    assert "> continues" in rows[-1]


def test_workers_beyond_24_are_counted_in_one_line() -> None:
    rows = render_lines(make_run([make_main_worker(), *map(make_worker, range(1, 100))]))
    assert len(rows) == 24 + 3
    assert "+ 76 more workers" in rows


@pytest.mark.parametrize("width", range(5, 100, 3))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    names = ["worker with quite a long name 12", "名前の長いスレッド", "x"]
    workers = [make_main_worker(), *(make_worker(n, name=name) for n, name in enumerate(names, 1))]
    rows = render_lines(make_run(workers, [Span("w1", "waiting", 0.1, 0.9, "sleep")]), width)
    assert all(cell_len(row) <= width for row in rows)
    assert bool(rows) == (width >= 19)


def test_worker_shorter_than_a_cell_is_visible() -> None:
    run = make_run(
        [make_main_worker(), make_worker(1, began=0.5, ended=0.500001), make_worker(2, began=1.0)]
    )
    rows = render_lines(run, 10 + 100)
    assert rows[1].removeprefix(" target 1 ").strip() == "█"
    assert rows[2].removeprefix(" target 2 ").strip() == "█"


@pytest.mark.parametrize(
    ("name", "columns", "fitted"),
    [("ThreadPoolExecutor-0_12", 12, "Thread…-0_12"), ("x", 3, "x  ")],
)
def test_fitted_name_has_the_width_and_its_number(name: str, columns: int, fitted: str) -> None:
    assert fit_name(name, columns) == fitted


def test_run_without_workers_has_no_timeline() -> None:
    assert render_lines(make_run([])) == []
