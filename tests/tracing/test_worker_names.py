"""Unique names of workers."""

from __future__ import annotations

from itertools import count

import pytest

from snippet_engine.run import WorkerKind
from snippet_engine.tracing.event_reader import TracedWorker
from snippet_engine.tracing.worker_names import unique_names

NUMBERS = count(200)


def build_worker(kind: WorkerKind = "thread", given_name: str = "", **details: str) -> TracedWorker:
    number = next(NUMBERS)
    return TracedWorker(kind, 10.0, 100, number, None, given_name, **details)


def find_names(*workers: TracedWorker) -> list[str]:
    """Return the names of `workers` in a run whose root is "main"."""
    root, *names = unique_names([build_worker("process"), *workers], "main")
    assert root == "main"
    return names


@pytest.mark.parametrize(
    ("traced", "name"),
    [
        (build_worker(given_name="Olga", function="work"), "Olga"),
        (build_worker(given_name="Thread-1 (work)", function="work"), "work"),
        (build_worker(given_name="Thread-1", function="Clock"), "Clock"),
        (build_worker("process", "ForkProcess-2:1", function="work"), "work"),
        (build_worker("task", "Task-3", function="fetch"), "fetch"),
        (build_worker(given_name="ThreadPoolExecutor-0_0", function="_worker"), "worker"),
        (build_worker(given_name="QueueFeederThread", function="_feed"), "queue feeder"),
        (build_worker("process", function="forkserver"), "fork server"),
        (build_worker("process", role="fork"), "child"),
        (build_worker("process", role="spawn"), "child"),
        (build_worker("process"), "python"),
        (build_worker("generator"), "generator"),
    ],
)
def test_name_is_given_or_that_of_the_function(traced: TracedWorker, name: str) -> None:
    assert find_names(traced) == [name]


def test_equal_names_are_numbered_in_the_order_of_default_names() -> None:
    defaults = ("Thread-10 (work)", "Thread-2 (work)")
    assert find_names(*(build_worker(given_name=n, function="work") for n in defaults)) == [
        "work 2",
        "work 1",
    ]


def test_pool_workers_are_numbered_in_the_order_of_the_pool() -> None:
    defaults = ("ThreadPoolExecutor-0_1", "ThreadPoolExecutor-0_0")
    assert find_names(*(build_worker(given_name=n, function="_worker") for n in defaults)) == [
        "worker 2",
        "worker 1",
    ]


def test_equal_names_have_their_arguments_if_these_differ() -> None:
    tasks = [
        build_worker("task", function="fetch", argument=argument) for argument in ("'a'", "'b'")
    ]
    assert find_names(*tasks) == ["fetch 'a'", "fetch 'b'"]


@pytest.mark.parametrize("arguments", [("'a'", "'a'"), ("'a'", "")])
def test_equal_names_are_numbered_if_arguments_do_not_differ(arguments: tuple[str, str]) -> None:
    tasks = [build_worker("task", function="fetch", argument=argument) for argument in arguments]
    assert find_names(*tasks) == ["fetch 1", "fetch 2"]


def test_number_that_is_taken_is_skipped() -> None:
    workers = [
        build_worker(given_name="work 1"),
        build_worker(function="work"),
        build_worker(function="work"),
    ]
    assert find_names(*workers) == ["work 1", "work 2", "work 3"]


def test_function_with_the_name_of_the_root_has_parentheses() -> None:
    assert find_names(build_worker("task", function="main")) == ["main()"]
