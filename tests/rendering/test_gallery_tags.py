"""Tags to filter the gallery by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.handmade import make_main_worker, make_nine_threads, make_run, make_worker

from snippet_engine.rendering.gallery_tags import find_tags
from snippet_engine.run import Run, Span
from snippet_engine.snippet.stdlib_usage import StdlibUsage

if TYPE_CHECKING:
    pass


def list_tags(run: Run | None, uses: StdlibUsage | None = None) -> set[str]:
    """Return the list_tags of all groups."""
    return {tag for group in find_tags(run, uses or StdlibUsage()).values() for tag in group}


def test_first_process_beside_other_workers_gives_no_tag() -> None:
    assert list_tags(make_nine_threads()) == {"thread", "waiting", "wait-sleep"}


def test_only_worker_gives_the_tags_of_its_waits() -> None:
    alone = make_run([make_main_worker()], [Span("w0", "waiting", 0, 0.9, "child process")])
    assert list_tags(alone) == {"waiting", "wait-child-process"}


def test_short_waits_are_not_tagged() -> None:
    assert (
        list_tags(make_run([make_main_worker()], [Span("w0", "waiting", 0, 0.01, "lock")])) == set()
    )


def test_worker_is_computing_from_a_fifth_of_a_cpu_second() -> None:
    busy = make_worker(1, "process", shares=((0.2, 0.5), (0.7, 0.0)))
    idle = make_worker(1, "process", shares=((0.0, 1.0), (0.1, 0.0)))
    assert list_tags(make_run([make_main_worker(), busy])) == {"process", "computing"}
    assert list_tags(make_run([make_main_worker(), idle])) == {"process"}


def test_unfinished_worker_counts_until_the_stop() -> None:
    endless = make_worker(1, ended=None, shares=((0.0, 0.5),))
    run = make_run([make_main_worker(None), endless], [Span("w1", "waiting", 0.5, None, "lock")])
    assert list_tags(run) == {"thread", "computing", "waiting", "wait-lock"}


def test_program_without_a_run_has_the_tags_of_its_code() -> None:
    uses = StdlibUsage(("queue", "threading"), ("queue.Queue",))
    assert list_tags(None, uses) == {"queue", "threading", "queue.Queue"}
    assert list(find_tags(None, uses)["Modules"]) == ["threading", "queue"]
