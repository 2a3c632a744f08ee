"""Unique names of workers."""

from __future__ import annotations

from itertools import count

import pytest

from snippet_engine.run import WorkerKind
from snippet_engine.tracing.event_reader import TracedWorker
from snippet_engine.tracing.worker_names import unique_names

NUMBERS = count(200)


def worker(kind: WorkerKind = "thread", given_name: str = "", **details: str) -> TracedWorker:
    number = next(NUMBERS)
    return TracedWorker(kind, 10.0, 100, number, None, given_name, **details)


def names_of(*workers: TracedWorker) -> list[str]:
    """Return the names of `workers` in a run whose root is "main"."""
    root, *names = unique_names([worker("process"), *workers], "main")
    assert root == "main"
    return names


@pytest.mark.parametrize(
    ("traced", "name"),
    [
        (worker(given_name="Olga", function="work"), "Olga"),
        (worker(given_name="Thread-1 (work)", function="work"), "work"),
        (worker(given_name="Thread-1", function="Clock"), "Clock"),
        (worker("process", "ForkProcess-2:1", function="work"), "work"),
        (worker("task", "Task-3", function="fetch"), "fetch"),
        (worker(given_name="ThreadPoolExecutor-0_0", function="_worker"), "worker"),
        (worker(given_name="QueueFeederThread", function="_feed"), "queue feeder"),
        (worker("process", function="forkserver"), "fork server"),
        (worker("process", role="fork"), "child"),
        (worker("process", role="spawn"), "child"),
        (worker("process"), "python"),
        (worker("generator"), "generator"),
    ],
)
def test_name_is_given_or_that_of_the_function(traced: TracedWorker, name: str) -> None:
    assert names_of(traced) == [name]


def test_equal_names_are_numbered_in_the_order_of_default_names() -> None:
    defaults = ("Thread-10 (work)", "Thread-2 (work)")
    assert names_of(*(worker(given_name=n, function="work") for n in defaults)) == [
        "work 2",
        "work 1",
    ]


def test_pool_workers_are_numbered_in_the_order_of_the_pool() -> None:
    defaults = ("ThreadPoolExecutor-0_1", "ThreadPoolExecutor-0_0")
    assert names_of(*(worker(given_name=n, function="_worker") for n in defaults)) == [
        "worker 2",
        "worker 1",
    ]


def test_equal_names_have_their_arguments_if_these_differ() -> None:
    tasks = [worker("task", function="fetch", argument=argument) for argument in ("'a'", "'b'")]
    assert names_of(*tasks) == ["fetch 'a'", "fetch 'b'"]


@pytest.mark.parametrize("arguments", [("'a'", "'a'"), ("'a'", "")])
def test_equal_names_are_numbered_if_arguments_do_not_differ(arguments: tuple[str, str]) -> None:
    tasks = [worker("task", function="fetch", argument=argument) for argument in arguments]
    assert names_of(*tasks) == ["fetch 1", "fetch 2"]


def test_number_that_is_taken_is_skipped() -> None:
    workers = [worker(given_name="work 1"), worker(function="work"), worker(function="work")]
    assert names_of(*workers) == ["work 1", "work 2", "work 3"]


def test_function_with_the_name_of_the_root_has_parentheses() -> None:
    assert names_of(worker("task", function="main")) == ["main()"]
