"""Sampling of the CPU use of threads."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest
from helpers.processes import needs_proc

from snippet_engine.execution.supervisor.cpu_sampler import CpuSampler

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def thread() -> Iterator[tuple[float, int, float]]:
    """Yield a waiting thread: a time before its start, its ID, and a time after its start."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    before = time.monotonic()
    thread.start()
    yield before, thread.native_id or 0, time.monotonic()
    done.set()
    thread.join()


@needs_proc
def test_first_share_of_a_new_thread_counts_from_its_start(
    thread: tuple[float, int, float],
) -> None:
    """And not from the last sample, when it did not exist."""
    before, number, after = thread
    sampler = CpuSampler()
    sampler.sample(os.getpid(), [str(number)], before - 1)
    [[began, _]] = sampler.shares[os.getpid(), number]
    assert before - TICK_S <= began <= after + TICK_S


@needs_proc
def test_first_share_of_an_older_thread_counts_from_the_first_sample(
    thread: tuple[float, int, float],
) -> None:
    _, number, after = thread
    sampler = CpuSampler()
    sampler.sample(os.getpid(), [str(number)], after + TICK_S)
    [[began, _]] = sampler.shares[os.getpid(), number]
    assert began == after + TICK_S


@needs_proc
def test_ended_thread_is_skipped() -> None:
    sampler = CpuSampler()
    sampler.sample(os.getpid(), ["999999999", "name"], 0.0)
    assert sampler.shares == {}


def test_only_changes_of_a_share_are_recorded() -> None:
    sampler = CpuSampler()
    for now, used_s in ((1.0, 0.5), (2.0, 1.0), (3.0, 2.0), (4.0, 3.5)):
        sampler.record((7, 8), now, int(used_s * 1e9), began=0.0)
    assert sampler.shares == {(7, 8): [(0.0, 0.5), (2.0, 1.0)]}
