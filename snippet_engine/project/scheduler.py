"""The schedule of programs: most run concurrently, those marked `alone` one by one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from functools import partial

from snippet_engine.execution.cores import count_cores
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

# Most programs spend their time waiting, so many can share a core. Their start-up, which
# needs the CPU, is serialised elsewhere.
MAX_CONCURRENT = 15 * count_cores()

# Seconds. A program expected to last at least LONG is assumed to be idle after SETTLED, so a
# program marked `alone` may run concurrently with it.
LONG = 3.0
SETTLED = 2.0

Execute = Callable[[Snippet], Run]
Store = Callable[[str, Snippet, Run], None]
Report = Callable[[int, int], None]


def is_long(snippet: Snippet) -> bool:
    """Return True if the program is expected to last at least LONG seconds."""
    return snippet.expected_seconds >= LONG


class Scheduler:
    """Run programs in threads of this process, each program once per cache key.

    `execute(snippet)` returns the run of a program. `store(key, snippet, run)` is called when
    a program has ended, before another takes its slot. `report(ended, total)` is called after
    each run. Programs marked `alone` run one after another, once every other running program
    is expected to be idle.
    """

    def __init__(self, execute: Execute, store: Store, report: Report | None = None) -> None:
        self._execute = execute
        self._store = store
        self._report = report or (lambda ended, total: None)
        self._runs: dict[str, Future[Run]] = {}
        self._concurrent: deque[tuple[str, Snippet]] = deque()
        self._exclusive: deque[tuple[str, Snippet]] = deque()
        self._running: dict[str, tuple[Snippet, float]] = {}  # start times are monotonic
        self._ended = self._total = 0
        self._lock = threading.Lock()

    def has(self, key: str) -> bool:
        """Return True if the program with this cache key has been submitted or added."""
        return key in self._runs

    def add(self, key: str, run: Run) -> None:
        """Add a run that need not be made."""
        self._runs[key] = Future()
        self._runs[key].set_result(run)

    def submit(self, programs: Iterable[tuple[str, Snippet]]) -> None:
        """Queue (cache key, snippet) pairs in this order, and start what may start."""
        with self._lock:
            for key, snippet in programs:
                if key in self._runs:
                    continue
                self._runs[key] = Future()
                self._total += 1
                (self._exclusive if snippet.exclusive else self._concurrent).append((key, snippet))
            self._launch_ready()

    def wait(self) -> None:
        """Wait until every submitted program has ended."""
        wait(self._runs.values())

    def result(self, key: str) -> Run:
        """Return the run of a program, after waiting for its end.

        Raise the exception of its execution.
        """
        return self._runs[key].result()

    def _launch_ready(self) -> None:
        """Start the queued programs that may start now; the caller holds the lock."""
        running = self._running.values()
        if any(snippet.exclusive for snippet, _ in running):
            return
        while self._concurrent and len(self._running) < MAX_CONCURRENT:
            self._launch(*self._concurrent.popleft())
        if self._exclusive and all(is_long(snippet) for snippet, _ in running):
            settled = max((started for _, started in running), default=-SETTLED) + SETTLED
            self._launch(*self._exclusive.popleft(), settled)

    def _launch(self, key: str, snippet: Snippet, earliest: float = 0.0) -> None:
        self._running[key] = snippet, time.monotonic()
        # Daemon threads, so that an interrupted build does not wait for its programs.
        arguments = (key, snippet, earliest)
        threading.Thread(target=self._execute_and_store, args=arguments, daemon=True).start()

    def _execute_and_store(self, key: str, snippet: Snippet, earliest: float) -> None:
        future = self._runs[key]
        time.sleep(max(0.0, earliest - time.monotonic()))
        try:
            run = self._execute(snippet)
            self._store(key, snippet, run)
            resolve = partial(future.set_result, run)
        except BaseException as error:
            resolve = partial(future.set_exception, error)
        try:
            with self._lock:
                del self._running[key]
                self._ended += 1
                self._launch_ready()
                self._report(self._ended, self._total)
        finally:
            resolve()  # last, because a waiter may exit the process
