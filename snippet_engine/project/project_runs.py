"""The runs of a project's snippets: cached, or made when a page or a command needs them."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress

from snippet_engine.checking.check import check_run
from snippet_engine.errors import SnippetError
from snippet_engine.execution import platforms
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.runner import execute as run_snippet
from snippet_engine.project.cache_key import cache_key
from snippet_engine.project.project import Project
from snippet_engine.project.run_cache import RunCache
from snippet_engine.project.scheduler import Execute, Report, Scheduler, is_long
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet, SourceParts
from snippet_engine.snippet.parser import split_source

_COMPARED = re.compile(r"^# \W*speedup over ([\w/-]+)", re.MULTILINE)


class ProjectRuns:
    """The runs of the snippets of `project`, each made at most once per cache key.

    `python` is the interpreter, and `execute` replaces the function that runs a snippet with
    it. `cache` is the run cache, for runs that agree with their snippet; None disables it.
    `report(ended, total)` is called after each run.

    If `eager`, as in a build of the site, all snippets without a cached run are run
    concurrently when one of them is needed; otherwise only the snippets asked for run.
    """

    def __init__(
        self,
        project: Project,
        *,
        python: str = sys.executable,
        execute: Execute | None = None,
        cache: RunCache | None = None,
        eager: bool = False,
        report: Report | None = None,
    ) -> None:
        self.project = project
        self.python = python
        self.cache = cache
        self._eager = eager
        self._can_hold = execute is None and platforms.CURRENT.has_proc
        self._gate = threading.Event()  # programs that are not long wait for it
        self._gate.set()
        self._scheduler = Scheduler(execute or self._execute, self._store, report)
        self._has_run_all = False
        self._prestart_list: list[tuple[str, Snippet]] | None = None
        self._prestart_times: dict[str, int] = {}

    def prestart(self) -> None:
        """Start programs before their runs are needed, if these runs are eager.

        Call it before other work, and again when files may have changed. Programs marked
        `alone` are left to `run_all`. If there are more programs than cores, those that are
        not long are paused at their first line until `run_all`, or not started where the
        platform cannot pause them.
        """
        if not self._eager or self._prestart_times == (times := self.project.modification_times()):
            return
        self._prestart_times = times
        self._prestart_list = self._find_stale(self.project.names())
        programs = [pair for pair in self._prestart_list if not pair[1].exclusive]
        if len(programs) > count_cores():
            programs = [pair for pair in programs if self._can_hold or is_long(pair[1])]
            self._gate.clear()
        self._scheduler.submit(programs)

    def run_all(self) -> None:
        """Run all snippets without a cached run, once, if these runs are eager.

        Return when all have ended, because work in this process would slow the programs down
        and distort their times.
        """
        self._gate.set()
        if self._eager and not self._has_run_all:
            if self._prestart_list is None:
                self.start()
            else:
                self._has_run_all = True
                self._scheduler.submit(self._prestart_list)
            self._wait()

    def start(self, names: Iterable[str] | None = None) -> None:
        """Start the snippets `names` that have no cached run; None means all snippets."""
        self._gate.set()
        self._has_run_all = True
        self._scheduler.submit(self._find_stale(self.project.names() if names is None else names))

    def run(self, name: str) -> tuple[Snippet, Run]:
        """Return the snippet `name` and its run, after waiting for the run to end.

        Raise SnippetError if the snippet is invalid, or the exception of its execution.
        """
        self._gate.set()
        snippet = self.project.read(name)
        key = self.cache_key(snippet)
        if not self._scheduler.has(key) and not self._load(key):
            if self._eager:
                self.start()
            self._scheduler.submit([(key, snippet)])  # if not eager, or edited meanwhile
            if self._eager:
                self._wait()
        return snippet, self._scheduler.result(key)

    def run_of(self, name: str) -> Run:
        """Return the run of the snippet `name`; see `run`."""
        return self.run(name)[1]

    def cache_key(self, program: SourceParts | Snippet) -> str:
        """Return the cache key of a run of `program` with this interpreter.

        Raise ExecutionError if the interpreter cannot be used.
        """
        return cache_key(program, self.python, self.project.root)

    def fingerprint(self, name: str) -> str | None:
        """Return a fingerprint of a snippet, its cached run and those it is compared with.

        None means that one of these runs is not cached. The metadata is not parsed, for
        speed. Raise SnippetError if a file does not exist or has no metadata.
        """
        text, path = self.project.read_text(name)
        program = split_source(text, path)
        compared = (
            split_source(*self.project.read_text(other))
            for other in _COMPARED.findall(program.head)
        )
        parts = [name, text]
        for source in (program, *compared):
            key = self.cache_key(source)
            digest = self.cache.digest(key) if self.cache else None
            if digest is None:
                return None
            parts += [key, digest]
        return "\0".join(parts)

    def _find_stale(self, names: Iterable[str]) -> list[tuple[str, Snippet]]:
        """Return (cache key, snippet) of each of `names` that has no cached run.

        The longest are first, by their metadata, so that they do not delay the end. Invalid
        snippets are left out.
        """
        stale = []
        for name in names:
            with suppress(SnippetError):  # `run` raises it
                key = self.cache_key(split_source(*self.project.read_text(name)))
                if not self.cache or self.cache.digest(key) is None:
                    stale.append((key, self.project.read(name)))
        return sorted(
            stale, key=lambda pair: -max(pair[1].expected_seconds, pair[1].time_limit or 0.0)
        )

    def _load(self, key: str) -> bool:
        """Load the cached run of `key`, and return True if there is one."""
        run = self.cache.load(key) if self.cache else None
        if run:
            self._scheduler.add(key, run)
        return run is not None

    def _wait(self) -> None:
        self._scheduler.wait()
        if self.cache:
            self.cache.evict()

    def _execute(self, snippet: Snippet) -> Run:
        gate = None if is_long(snippet) else self._gate
        return run_snippet(snippet, python=self.python, gate=gate)

    def _store(self, key: str, snippet: Snippet, run: Run) -> None:
        # A run that differs is not cached: the difference may not occur again.
        if self.cache and check_run(snippet, run) is None:
            self.cache.store(key, run)
