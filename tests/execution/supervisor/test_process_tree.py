"""What a supervisor sees of its program's threads, from outside."""

from __future__ import annotations

import importlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.processes import needs_proc

from snippet_engine.execution import paths

pytestmark = needs_proc
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Those of a supervisor that has seen no thread yet."""
    monkeypatch.syspath_prepend(str(paths.SUPERVISOR))
    return importlib.import_module("family").Shares()


@pytest.fixture
def thread() -> Iterator[tuple[float, int, float]]:
    """A thread that waits: not before when it began, its number, and not after when."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    before = time.monotonic()
    thread.start()
    yield before, thread.native_id or 0, time.monotonic()
    done.set()
    thread.join()


def test_the_first_share_of_a_thread_counts_from_its_start(
    shares: Any, thread: tuple[float, int, float]
) -> None:
    """Not from the last look, when there was no such thread."""
    before, number, after = thread
    shares.look(os.getpid(), [str(number)], before - 1)
    [[began, _]] = shares.seen[os.getpid(), number]
    assert before - TICK <= began <= after + TICK


def test_a_thread_that_was_there_counts_from_when_looking_began(
    shares: Any, thread: tuple[float, int, float]
) -> None:
    """What it used before that, nobody saw."""
    _, number, after = thread
    shares.look(os.getpid(), [str(number)], after + TICK)
    [[began, _]] = shares.seen[os.getpid(), number]
    assert began == after + TICK
