"""Programs are scheduled: most concurrently, those marked `alone` one by one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from queue import Queue

import pytest
from helpers.programs import build_snippet
from helpers.recorder import Recorder

from snippet_engine.project import scheduler as scheduler_module
from snippet_engine.project.scheduler import MAX_CONCURRENT, Execute, Scheduler
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

ALONE = "alone = true"
LASTING = "claims.seconds = {min = 3, max = 9}"


def make_snippet(name: str, head: str = "") -> Snippet:
    return replace(build_snippet("pass\n", head=head), name=name)


def schedule(execute: Execute, **heads: str) -> Scheduler:
    """Return a scheduler with the programs `heads` (metadata by name) submitted."""
    scheduler = Scheduler(execute, lambda key, snippet, run: None)
    scheduler.submit([(name, make_snippet(name, head)) for name, head in heads.items()])
    return scheduler


def test_programs_run_concurrently() -> None:
    barrier = threading.Barrier(5, timeout=10)
    names = [f"p{n}" for n in range(5)]
    scheduler = schedule(Recorder(lambda snippet: barrier.wait()), **dict.fromkeys(names, ""))
    assert [scheduler.result(name).lines[0].text for name in names] == names


def test_exclusive_programs_run_one_by_one_after_the_others() -> None:
    together = threading.Barrier(4)
    recorder = Recorder(lambda snippet: snippet.exclusive or together.wait(10))
    heads = {"a": ALONE, "z": ALONE} | dict.fromkeys(["p0", "p1", "p2", "p3"], "")
    schedule(recorder, **heads).wait()
    assert recorder.concurrent["a"] == recorder.concurrent["z"] == set()
    assert len(recorder.concurrent["p0"]) == 3


def test_exclusive_programs_run_beside_long_ones_that_have_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler_module, "SETTLED", 0.5)
    met, ended = threading.Barrier(2), threading.Event()
    started: dict[str, float] = {}

    def during(snippet: Snippet) -> None:
        started[snippet.name] = time.monotonic()
        if not snippet.exclusive:
            met.wait(10)
        if snippet.expected_seconds:
            assert ended.wait(10)
        elif started.keys() >= {"alone", "alone_too"}:
            ended.set()

    recorder = Recorder(during)
    schedule(recorder, alone=ALONE, alone_too=ALONE, long=LASTING, short="").wait()
    assert recorder.concurrent["alone"] == {"long"}
    assert recorder.concurrent["alone_too"] == {"long"}
    assert recorder.concurrent["short"] == {"long"}
    assert started["alone"] - started["long"] > 0.4


def test_program_submitted_while_an_exclusive_one_runs_waits_for_its_end() -> None:
    runs, ends = threading.Event(), threading.Event()

    def during(snippet: Snippet) -> None:
        if snippet.exclusive:
            runs.set()
            assert ends.wait(10)

    recorder = Recorder(during)
    scheduler = schedule(recorder, alone=ALONE)
    assert runs.wait(10)
    scheduler.submit([("late", make_snippet("late"))])
    time.sleep(0.3)  # were it started now, it would have begun
    assert recorder.ran == ["alone"]
    ends.set()
    scheduler.wait()
    assert recorder.concurrent == {"alone": set(), "late": set()}


def test_number_of_concurrent_programs_is_limited() -> None:
    recorder = Recorder()
    most = 0

    def during(snippet: Snippet) -> None:
        nonlocal most
        most = max(most, len(recorder.running))
        time.sleep(0.05)

    recorder.during = during
    schedule(recorder, **{f"p{n}": "" for n in range(MAX_CONCURRENT + 10)}).wait()
    assert 1 < most <= MAX_CONCURRENT


def test_key_is_run_once() -> None:
    recorder = Recorder()
    scheduler = schedule(recorder, a="")
    scheduler.submit([("a", make_snippet("a")), ("a", make_snippet("a"))])
    scheduler.wait()
    assert recorder.ran == ["a"]
    assert scheduler.has("a")
    assert not scheduler.has("b")


def test_failed_execution_raises_in_its_result_alone() -> None:
    recorder = Recorder()

    def execute(snippet: Snippet) -> Run:
        if snippet.name == "fails":
            raise RuntimeError("no luck")
        return recorder(snippet)

    scheduler = schedule(execute, fails="", works="")
    assert scheduler.result("works").lines[0].text == "works"
    with pytest.raises(RuntimeError, match="no luck"):
        scheduler.result("fails")


def test_each_end_is_reported() -> None:
    reports: Queue[tuple[int, int]] = Queue()
    scheduler = Scheduler(
        Recorder(), lambda key, snippet, run: None, lambda *numbers: reports.put(numbers)
    )
    scheduler.submit([(name, make_snippet(name)) for name in "abc"])
    assert [reports.get(timeout=10) for _ in range(3)] == [(1, 3), (2, 3), (3, 3)]


def test_run_is_stored_before_its_slot_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "MAX_CONCURRENT", 1)
    events: list[str] = []

    def store(key: str, snippet: Snippet, run: Run) -> None:
        time.sleep(0.1)
        events.append(f"stored {key}")

    recorder = Recorder(lambda snippet: events.append(f"ran {snippet.name}"))
    scheduler = Scheduler(recorder, store)
    scheduler.submit([(name, make_snippet(name)) for name in "ab"])
    scheduler.wait()
    assert events == ["ran a", "stored a", "ran b", "stored b"]
