"""Traced waits in blocking calls: which, how long, and for what reason."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

import pytest
from helpers.probed import RunProgram, import_probe_module, python, run_program

from snippet_engine.tracing.event_reader import SHORTEST_WAIT
from snippet_engine.tracing.events import WaitBegun, WaitEnded

__all__ = ["import_probe_module", "python", "run_program"]  # fixtures


def test_waits_between_one_and_ten_milliseconds_are_traced(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import time
        for seconds in (0.002, 0.004, 0.008): time.sleep(seconds)
        """
    )
    waits = probed.find_waits(probed.find_worker("main"), "sleep")
    assert [wait.ended is not None for wait in waits] == [True] * 3
    for wait, seconds in zip(waits, (0.002, 0.004, 0.008), strict=True):
        assert wait.ended is not None
        assert seconds <= wait.ended - wait.began


def test_reader_and_probe_agree_on_the_shortest_wait(
    import_probe_module: Callable[[str], Any],
) -> None:
    assert import_probe_module("blocking_calls").SHORTEST_WAIT == SHORTEST_WAIT == 0.001
    assert import_probe_module("coroutines").SHORTEST_TURN == SHORTEST_WAIT


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("time.sleep(0.02)", "sleep"),
        ("threading.Event().wait(0.02)", "event"),
        ("threading.Semaphore(0).acquire(timeout=0.02)", "semaphore"),
        ("with suppress(queue.Empty): queue.SimpleQueue().get(timeout=0.02)", "queue"),
        ("with suppress(queue.Empty): queue.Queue().get(timeout=0.02)", "queue"),
        ("threading.Lock().acquire() and lock.acquire(timeout=0.02)", "lock"),
        ("threading.Thread(target=time.sleep, args=(0.02,), daemon=True).join", None),
        ("select.select([], [], [], 0.02)", "poll"),
        ("selectors.DefaultSelector().select(0.02)", "poll"),
        ("os.read(pipe, 1)", "pipe"),
        ("os.system('sleep 0.02')", "child process"),
        ("subprocess.run(['sleep', '0.02'])", "child process"),
        ("ends[0].poll(0.02)", "pipe"),
        ("concurrent.futures.wait([concurrent.futures.Future()], 0.02)", "result"),
        ("connection.recv(1)", "socket"),
        ("signal.sigtimedwait([signal.SIGUSR1], 0.02)", None),
        ("lock.acquire(blocking=False)", None),
    ],
)
def test_wait_has_its_reason(run_program: RunProgram, statement: str, reason: str | None) -> None:
    probed = run_program(
        f"""
        import concurrent.futures, multiprocessing, os, queue, select, selectors, signal
        import socket, subprocess, threading, time
        from contextlib import suppress
        lock = threading.Lock()
        lock.acquire()
        pipe, other_end = os.pipe()
        connection, peer = socket.socketpair()
        ends = multiprocessing.Pipe()
        def finish():
            time.sleep(0.05)
            os.write(other_end, b".")
            peer.send(b".")
        threading.Thread(target=finish, name="finish").start()
        {statement}
        """
    )
    assert probed.exit_code == 0, probed.select_lines("stderr")
    main = probed.find_worker("main")
    reasons = [
        span.reason
        for span in probed.trace.spans
        if span.worker == main.id and span.state == "waiting" and span.line == 15
    ]
    assert set(reasons) == ({reason} if reason else set())


def test_every_wait_that_ends_is_recorded_as_ended(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading, time
        def work():
            for _ in range(20): time.sleep(0.001)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert len(probed.find_events(WaitBegun)) == len(probed.find_events(WaitEnded)) >= 80


def test_forked_child_forgets_the_waits_of_other_threads(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import os, sys, threading, time
        blocking_calls = sys.modules["_snippet_probe.blocking_calls"]
        coroutines = sys.modules["_snippet_probe.coroutines"]
        lock = threading.Lock()
        lock.acquire()
        thread = threading.Thread(target=lock.acquire, daemon=True)
        thread.start()
        time.sleep(0.05)
        def steps():
            yield bool(coroutines.running_fibers), len(blocking_calls.open_waits)
            if pid := os.fork():
                os.waitpid(pid, 0)
            else:
                print(coroutines.running_fibers, blocking_calls.open_waits)
                os._exit(0)
        generator = steps()
        print(next(generator))
        next(generator, None)
        """
    )
    assert probed.select_lines() == ["(True, 1)", "{} {}"]


def test_partial_is_unwrapped(import_probe_module: Callable[[str], Any]) -> None:
    unwrap_partial = import_probe_module("blocking_calls").unwrap_partial
    assert unwrap_partial(abs) is abs
    assert unwrap_partial(partial(partial(pow, 2), 3)) is pow
    assert unwrap_partial(partial(copy_context().run, abs, 1)) is abs
