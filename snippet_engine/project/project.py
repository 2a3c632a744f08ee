"""The snippets of a project: reading, scheduling and caching of their runs."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from pathlib import Path

from snippet_engine.checking.check import check_run
from snippet_engine.errors import SnippetError
from snippet_engine.execution import platforms
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.runner import execute as run_snippet
from snippet_engine.project.cache_key import key_of
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import LANGUAGES, Snippet, SourceParts
from snippet_engine.snippet.parser import parse_snippet, split_source
from snippet_engine.snippet.snippet_file import read_source

# Most programs spend their time waiting, so many can share a core. Their start-up, which
# needs the CPU, is serialised elsewhere.
AT_ONCE = 15 * count_cores()

# Seconds. A program expected to last at least LONG is assumed to be idle after SETTLED, so a
# program marked `alone` may run concurrently with it.
LONG = 3.0
SETTLED = 2.0
_NAME = re.compile(r"[^/.][^/]*/[^/.][^/]*")  # chapter/name
_COMPARED = re.compile(r"^# \W*speedup over ([\w/-]+)", re.MULTILINE)
Execute = Callable[[Snippet], Run]
Report = Callable[[int, int], None]


class Library:
    """The snippets under `root`/snippets, each run at most once per cache key.

    `python` is the interpreter, and `execute` replaces the function that runs a snippet with
    it. `memory` is the run cache, for runs that agree with their snippet; None disables it.
    After a run is cached, `kept(snippet, run)` is called, before another program takes its
    slot. `report(done, total)` is called after each run.

    If `eager`, the first `run` starts all snippets without a cached run concurrently and
    waits for all of them; otherwise only the requested snippets run. Programs marked `alone`
    run one after another, once every other running program is expected to be idle.
    """

    def __init__(
        self,
        root: Path,
        *,
        python: str = sys.executable,
        execute: Execute | None = None,
        memory: Memory | None = None,
        kept: Callable[[Snippet, Run], None] | None = None,
        eager: bool = True,
        report: Report | None = None,
    ) -> None:
        self.root = root
        self.python = python
        self._execute = execute or self._run
        self._holds = execute is None and platforms.CURRENT.has_proc
        self._gate = threading.Event()  # programs shorter than LONG wait for it
        self._gate.set()
        self.memory = memory
        self._kept = kept or (lambda snippet, run: None)
        self._eager = eager
        self._report = report or (lambda done, total: None)
        self._parsed: dict[str, tuple[str, Snippet]] = {}
        self._begun = False
        self._early: list[tuple[str, Snippet]] | None = None
        self._looked_at: dict[str, int] = {}
        self._runs: dict[str, Future[Run]] = {}
        self._together: deque[tuple[str, Snippet]] = deque()
        self._alone: deque[tuple[str, Snippet]] = deque()
        self._running: dict[str, tuple[Snippet, float]] = {}  # start times are monotonic
        self._done = self._total = 0
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Return the names of all snippets ("chapter/name"), sorted."""
        folder = self.root / "snippets"
        files = (path for path in folder.glob("*/*") if path.suffix in LANGUAGES)
        return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in files)

    def path(self, name: str) -> Path:
        """Return the file of the snippet `name`.

        Raise SnippetError if it does not exist.
        """
        folder = self.root / "snippets"
        for suffix in LANGUAGES if _NAME.fullmatch(name) else ():
            if (path := folder / f"{name}{suffix}").is_file():
                return path
        raise SnippetError(folder.relative_to(self.root) / name, 1, "there is no such snippet")

    def read(self, name: str) -> Snippet:
        """Return the snippet `name`, parsed again if its file has changed.

        Raise SnippetError if the file or the page of its chapter does not exist, or if the
        file is invalid.
        """
        text, path = self._text(name)
        chapter = name.partition("/")[0]
        if not (self.root / "docs" / f"{chapter}.md").is_file():
            known = ", ".join(
                sorted({other.partition("/")[0] for other in self.names()} - {chapter})
            )
            message = f"unknown chapter {chapter!r}: there is no docs/{chapter}.md (known: {known})"
            raise SnippetError(path, 1, message)
        known, snippet = self._parsed.get(name, ("", None))
        if snippet is None or known != text:
            snippet = parse_snippet(text, path, name)
            self._parsed[name] = text, snippet
        return snippet

    def _text(self, name: str) -> tuple[str, Path]:
        """Return the text of the snippet `name` and its path relative to the root.

        Raise SnippetError if the file does not exist or is not UTF-8.
        """
        path = self.path(name)
        shown = path.relative_to(self.root)
        return read_source(path, shown), shown

    def identity(self, name: str) -> str | None:
        """Return a fingerprint of a snippet, its cached run and those it is compared with.

        None means that one of these runs is not cached. The metadata is not parsed, for
        speed. Raise SnippetError if a file does not exist or has no metadata.
        """
        text, path = self._text(name)
        program = split_source(text, path)
        stamps = [name, text]
        compared = _COMPARED.findall(program.head)
        for one in (program, *(split_source(*self._text(other)) for other in compared)):
            key = self.key(one)
            stamp = self.memory.stamp(key) if self.memory else None
            if stamp is None:
                return None
            stamps += [key, stamp]
        return "\0".join(stamps)

    def begin_early(self) -> None:
        """Start programs before their runs are requested, if this library is eager.

        Call it before other work, and again when files may have changed. Programs marked
        `alone` are left to `begin`. If there are more programs than cores, those shorter than
        LONG are paused at their first line until `begin`, or not started where the platform
        cannot pause them.
        """
        if not self._eager or self._looked_at == (files := self._changes()):
            return
        self._looked_at = files
        self._early = self._stale(self.names())
        early = [one for one in self._early if not one[1].exclusive]
        if len(early) > count_cores():
            early = [one for one in early if self._holds or one[1].expected_seconds >= LONG]
            self._gate.clear()
        self._submit(early)

    def _changes(self) -> dict[str, int]:
        """Return the modification time (ns) of each file in the chapters, by path.

        It is called often, so it uses one `os.scandir` per chapter.
        """
        found: dict[str, int] = {}
        for chapter in self.root.glob("snippets/*"):
            # It may not be a folder, and a file may be deleted meanwhile.
            with suppress(OSError), os.scandir(chapter) as entries:
                found |= {entry.path: entry.stat().st_mtime_ns for entry in entries}
        return found

    def begin(self) -> None:
        """Run all snippets without a cached run, once, if this library is eager.

        Return when all have ended, because work in this process would slow the programs down
        and distort their times.
        """
        self._gate.set()
        if self._eager and not self._begun:
            self._begun = True
            self._submit(self._stale(self.names()) if self._early is None else self._early)
            wait(self._runs.values())

    def start(self, names: Iterable[str] | None = None) -> None:
        """Start the snippets `names` that have no cached run; None means all snippets."""
        self._begun = True
        self._submit(self._stale(self.names() if names is None else names))

    def _stale(self, names: Iterable[str]) -> list[tuple[str, Snippet]]:
        """Return (cache key, snippet) of each of `names` that has no cached run.

        The longest are first, by their metadata, so that they do not delay the end. Invalid
        snippets are left out.
        """
        snippets = []
        for name in names:
            with suppress(SnippetError):  # `run` raises it
                key = self.key(split_source(*self._text(name)))
                if not self.memory or self.memory.stamp(key) is None:
                    snippets.append((key, self.read(name)))
        return sorted(
            snippets, key=lambda pair: -max(pair[1].expected_seconds, pair[1].time_limit or 0.0)
        )

    def run(self, name: str) -> tuple[Snippet, Run]:
        """Return the snippet `name` and its run, after waiting for the run to end.

        Raise SnippetError if the snippet is invalid, or the exception of its execution.
        """
        self.begin()
        snippet = self.read(name)
        key = self.key(snippet)
        if key not in self._runs and not self._recall(key):
            if self._eager:
                self.start()
            self._submit([(key, snippet)])  # if not eager, or edited meanwhile
            if self._eager:
                wait(self._runs.values())
        return snippet, self._runs[key].result()

    def run_of(self, name: str) -> Run:
        """Return the run of the snippet `name`; see `run`."""
        return self.run(name)[1]

    def key(self, program: SourceParts | Snippet) -> str:
        """Return the cache key of a run of `program` with this project's interpreter.

        Raise ExecutionError if the interpreter cannot be used.
        """
        return key_of(program, self.python, self.root)

    def _recall(self, key: str) -> bool:
        """Load the cached run of `key`, and return True if there is one."""
        run = self.memory.get(key) if self.memory else None
        if run:
            self._runs[key] = Future()
            self._runs[key].set_result(run)
        return run is not None

    def _submit(self, snippets: Iterable[tuple[str, Snippet]]) -> None:
        with self._lock:
            for key, snippet in snippets:
                if key in self._runs:
                    continue
                self._runs[key] = Future()
                self._total += 1
                (self._alone if snippet.exclusive else self._together).append((key, snippet))
            self._next()

    def _next(self) -> None:
        """Start the queued programs that may start now; the caller holds the lock."""
        running = self._running.values()
        if any(snippet.exclusive for snippet, _ in running):
            return
        while self._together and len(self._running) < AT_ONCE:
            self._begin(*self._together.popleft())
        if self._alone and all(snippet.expected_seconds >= LONG for snippet, _ in running):
            settled = max((began for _, began in running), default=-SETTLED) + SETTLED
            self._begin(*self._alone.popleft(), settled)

    def _begin(self, key: str, snippet: Snippet, earliest: float = 0.0) -> None:
        self._running[key] = snippet, time.monotonic()
        # Daemon threads, so that an interrupted build does not wait for its programs.
        threading.Thread(target=self._work, args=(key, snippet, earliest), daemon=True).start()

    def _run(self, snippet: Snippet) -> Run:
        gate = self._gate if snippet.expected_seconds < LONG else None
        return run_snippet(snippet, python=self.python, gate=gate)

    def _work(self, key: str, snippet: Snippet, earliest: float) -> None:
        future = self._runs[key]
        time.sleep(max(0.0, earliest - time.monotonic()))
        try:
            run = self._execute(snippet)
            # A run that differs is not cached: the difference may not occur again.
            if self.memory and check_run(snippet, run) is None:
                self.memory.put(key, run)
                self._kept(snippet, run)
            settle = partial(future.set_result, run)
        except BaseException as error:
            settle = partial(future.set_exception, error)
        try:
            with self._lock:
                del self._running[key]
                self._done += 1
                last = self._done == self._total
                self._next()
                self._report(self._done, self._total)
        finally:
            settle()  # last, because a waiter may exit the process
        if last and self.memory:
            self.memory.prune()
