"""A stand-in for execution that records which programs ran concurrently."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from helpers.handmade import make_printed_run
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet


class Recorder:
    """Return handmade runs; `during(snippet)` is called while the program is running.

    `ran` has the names of the programs in the order of their starts; `concurrent` maps each
    to the names of those that were running at some moment with it.
    """

    def __init__(
        self, during: Callable[[Snippet], object] = lambda snippet: time.sleep(0.05)
    ) -> None:
        self.during = during
        self.running: set[str] = set()
        self.concurrent: dict[str, set[str]] = {}
        self.ran: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, snippet: Snippet) -> Run:
        with self.lock:
            self.ran.append(snippet.name)
            self.running.add(snippet.name)
            for name in self.running:
                self.concurrent.setdefault(name, set()).update(self.running - {name})
        self.during(snippet)
        with self.lock:
            self.running.remove(snippet.name)
        return make_printed_run(snippet.name)
