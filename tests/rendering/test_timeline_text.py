"""A run drawn with characters."""

from __future__ import annotations

import pytest
from helpers.handmade import a_run, a_worker, main, nine_threads
from rich.cells import cell_len

from snippet_engine.rendering.timeline_text import (
    ASCII_MARKS,
    UNICODE_MARKS,
    Marks,
    fit_name,
    render_text_timeline,
)
from snippet_engine.run import Run, Span


def drawn(run: Run, width: int = 60, marks: Marks = UNICODE_MARKS) -> list[str]:
    """The lines of the picture of `run`."""
    return [row.plain for row in render_text_timeline(run, width, marks)]


def three_states() -> Run:
    """A generator that runs, waits twice and is suspended, a quarter of a second each."""
    spans = [
        Span("w1", "running", 0, 0.25),
        Span("w1", "waiting", 0.25, 0.5, "lock"),
        Span("w1", "waiting", 0.5, 0.75, "sleep"),
    ]
    return a_run([main(), a_worker(1, "generator", "task")], spans)


@pytest.mark.parametrize("marks", [UNICODE_MARKS, ASCII_MARKS])
def test_states_are_told_apart_by_their_characters(marks: Marks) -> None:
    """Each is a quarter of the row; two waits in a row stay two, and each is named."""
    _, task, *_ = drawn(three_states(), 6 + 80, marks)
    row = task.removeprefix(" task ")
    assert row[:20] == marks.running[-1] * 20
    assert set(row[20:40]) == {marks.waiting, *" lock"}
    assert row[40] == marks.next_wait
    assert set(row[41:60]) == {marks.waiting, *" sleep"}
    assert row[60:] == marks.suspended * 20


def test_a_row_begins_and_ends_with_its_worker() -> None:
    """Nine threads lie under one another, under their parent and over the time."""
    rows = drawn(nine_threads())
    assert rows[0].startswith("main      █")
    threads = rows[1:10]
    assert all(row.startswith(f" target {n} ") for n, row in enumerate(threads, 1))
    assert all(" sleep " in row and len(row) < 60 for row in threads)
    assert rows[10].split() == ["╵0", "╵0.5", "s", "╵1", "s"]
    assert rows[11] == "█ running   ░ waiting"


def test_the_time_stands_under_its_column() -> None:
    """The mark of 0.4 s is after four tenths of a run of one second."""
    axis = drawn(a_run([main()]), 5 + 100)[1]
    assert axis.index("╵0.4 s") == 5 + 40


def test_a_share_of_a_core_is_a_height() -> None:
    """Two threads that take turns at one core are half as high; without such letters they run."""
    worker = a_worker(1, shares=((0.0, 0.5),))
    run = a_run([main(), worker], [Span("w0", "waiting", 0, 1, "join")])
    assert set(drawn(run)[1].removeprefix(" target 1 ")) == {"▅"}
    assert "running, as high as its CPU share" in drawn(run)[-1]
    assert set(drawn(run, marks=ASCII_MARKS)[1].removeprefix(" target 1 ")) == {"#"}


def test_what_goes_on_past_the_stop_is_marked() -> None:
    """Who had ended before is not."""
    workers = [main(None), a_worker(1, ended=None), a_worker(2)]
    rows = drawn(a_run(workers, ending="stopped"), 90)
    assert [row.rstrip().endswith(">") for row in rows[:3]] == [True, True, False]
    assert "> goes on" in rows[-1]


def test_many_workers_are_told_in_a_line() -> None:
    """At most 24 have a row."""
    rows = drawn(a_run([main(), *map(a_worker, range(1, 100))]))
    assert len(rows) == 24 + 3
    assert "+ 76 more workers" in rows


@pytest.mark.parametrize("width", range(5, 100, 3))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Long names are cut, and where nothing can be told there is no picture."""
    names = ["worker with quite a long name 12", "名前の長いスレッド", "x"]
    workers = [main(), *(a_worker(n, name=name) for n, name in enumerate(names, 1))]
    rows = drawn(a_run(workers, [Span("w1", "waiting", 0.1, 0.9, "sleep")]), width)
    assert all(cell_len(row) <= width for row in rows)
    assert bool(rows) == (width >= 19)


def test_a_short_life_is_seen() -> None:
    """A worker that lives for a millionth of the run has a column."""
    run = a_run([main(), a_worker(1, began=0.5, ended=0.500001), a_worker(2, began=1.0)])
    rows = drawn(run, 10 + 100)
    assert rows[1].removeprefix(" target 1 ").strip() == "█"
    assert rows[2].removeprefix(" target 2 ").strip() == "█"


def test_the_number_of_a_name_is_never_cut_off() -> None:
    """It tells workers apart."""
    assert fit_name("ThreadPoolExecutor-0_12", 12) == "Thread…-0_12"
    assert fit_name("x", 3) == "x  "


def test_a_run_without_workers_has_no_picture() -> None:
    """Nobody told anything of it."""
    assert drawn(a_run([])) == []


def test_a_cell_shows_what_lasts_longest_in_it() -> None:
    """A moment of running in a long wait is not what is seen of it."""
    spans = [Span("w1", "running", 0, 0.005), Span("w1", "waiting", 0.005, 1)]
    _, row, *_ = drawn(a_run([main(), a_worker(1)], spans))
    assert row.removeprefix(" target 1 ")[0] == UNICODE_MARKS.waiting
