"""All snippets of a project: read, run all at once, remembered."""

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

from snippet_engine.checking.check import disagreement
from snippet_engine.errors import SnippetError
from snippet_engine.execution import platforms
from snippet_engine.execution.cores import cores
from snippet_engine.execution.runner import execute as run_snippet
from snippet_engine.project.cache_key import key_of
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import LANGUAGES, Program, Snippet
from snippet_engine.snippet.parser import parse, split
from snippet_engine.snippet.snippet_file import SnippetPath

# Most of a concurrent program's life is waiting, so many run on each core. It is their
# starts and first lines that compute, and those take turns.
AT_ONCE = 15 * cores()

# Seconds. What is not marked `alone` and lasts so long waits, and computes no more once it
# runs for so long: beside it a program may be measured that runs alone.
LONG = 3.0
SETTLED = 2.0
_NAME = re.compile(r"[^/.][^/]*/[^/.][^/]*")  # chapter/name
_COMPARED = re.compile(r"^# \W*speedup over ([\w/-]+)", re.MULTILINE)
Execute = Callable[[Snippet], Run]
Report = Callable[[int, int], None]


class Library:
    """The snippets under `root`/snippets, each run at most once for each key of it.

    `python` is the interpreter that they run on, `execute` runs one with it;
    `memory` keeps what agreed with its snippet for the next build, and `kept` is told
    of that before another program runs in its place;
    `report(done, all)` is told of progress. The first `run`
    starts whatever has not been run yet, all at once in the background, and
    waits for all of it. Programs marked `alone` run one after another, when all
    others have ended, or wait and will for long. If it is not `eager`, nothing runs
    that was not asked for.
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
        self._holds = execute is None and platforms.HERE.proc
        self._gate = threading.Event()  # which all pass that do not last for LONG
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
        self._running: dict[str, tuple[Snippet, float]] = {}  # with when each began
        self._done = self._total = 0
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Every snippet's name, "chapter/name", sorted."""
        folder = self.root / "snippets"
        files = (path for path in folder.glob("*/*") if path.suffix in LANGUAGES)
        return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in files)

    def path(self, name: str) -> Path:
        """The file of the snippet `name`. Raises SnippetError where there is none."""
        folder = self.root / "snippets"
        for suffix in LANGUAGES if _NAME.fullmatch(name) else ():
            if (path := folder / f"{name}{suffix}").is_file():
                return path
        raise SnippetError(folder.relative_to(self.root) / name, 1, "there is no such snippet")

    def read(self, name: str) -> Snippet:
        """The snippet `name` as it stands now. Raises SnippetError if it is none."""
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
            snippet = parse(text, path, name)
            self._parsed[name] = text, snippet
        return snippet

    def _text(self, name: str) -> tuple[str, Path]:
        """What is in the file of the snippet `name`, and that file, from the root."""
        path = self.path(name)
        shown = path.relative_to(self.root)
        try:
            return SnippetPath(path).read_text(), shown
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise SnippetError(shown, line, "not UTF-8") from None

    def identity(self, name: str) -> str | None:
        """What changes as soon as the snippet `name` does, or its run, or one it compares with.

        None where a run of these is not remembered. Not even its head is looked at,
        so this takes no time. Raises SnippetError where it has none.
        """
        text, path = self._text(name)
        program = split(text, path)
        stamps = [name, text]
        compared = _COMPARED.findall(program.head)
        for one in (program, *(split(*self._text(other)) for other in compared)):
            key = self.key(one)
            stamp = self.memory.stamp(key) if self.memory else None
            if stamp is None:
                return None
            stamps += [key, stamp]
        return "\0".join(stamps)

    def begin_early(self) -> None:
        """Start what may be started before anything is asked, if this library is eager.

        Whoever has much to do until then calls this first, and so once more when files have
        changed. What waits for LONG runs: nobody computes too much for it. So do a few
        programs. Of many, the others wait at their first lines, if they can be held there.
        """
        if not self._eager or self._looked_at == (files := self._changes()):
            return
        self._looked_at = files
        self._early = self._stale(self.names())
        early = [one for one in self._early if not one[1].alone]
        if len(early) > cores():
            early = [one for one in early if self._holds or one[1].lasts >= LONG]
            self._gate.clear()
        self._submit(early)

    def _changes(self) -> dict[str, int]:
        """Every file of `snippets`, with when it was changed: asked often, so in one walk."""
        found: dict[str, int] = {}
        for chapter in self.root.glob("snippets/*"):
            # It may be no folder, and a file in it may be being written.
            with suppress(OSError), os.scandir(chapter) as entries:
                found |= {entry.path: entry.stat().st_mtime_ns for entry in entries}
        return found

    def begin(self) -> None:
        """Run, once, whatever has not been run yet, if this library is eager.

        Returns when all has ended: whoever goes on to compute would lengthen what is measured.
        """
        self._gate.set()
        if self._eager and not self._begun:
            self._begun = True
            self._submit(self._stale(self.names()) if self._early is None else self._early)
            wait(self._runs.values())

    def start(self, names: Iterable[str] | None = None) -> None:
        """Start every snippet (or those named) that has not been run as it stands now."""
        self._begun = True
        self._submit(self._stale(self.names() if names is None else names))

    def _stale(self, names: Iterable[str]) -> list[tuple[str, Snippet]]:
        """Those of the snippets whose run is not remembered, with its key.

        The longest first, by what they claim, so that none of them is waited for at the end.
        """
        snippets = []
        for name in names:
            with suppress(SnippetError):  # whoever asks for this one is told
                key = self.key(split(*self._text(name)))
                if not self.memory or self.memory.stamp(key) is None:
                    snippets.append((key, self.read(name)))
        return sorted(snippets, key=lambda pair: -max(pair[1].lasts, pair[1].patience or 0.0))

    def run(self, name: str) -> tuple[Snippet, Run]:
        """The snippet `name` and its run; waits for it.

        Raises SnippetError, or what the execution raised.
        """
        self.begin()
        snippet = self.read(name)
        key = self.key(snippet)
        if key not in self._runs and not self._recall(key):
            if self._eager:
                self.start()
            self._submit([(key, snippet)])  # had it been edited since
            if self._eager:
                wait(self._runs.values())
        return snippet, self._runs[key].result()

    def run_of(self, name: str) -> Run:
        """The run of the snippet `name`; see `run`."""
        return self.run(name)[1]

    def key(self, program: Program | Snippet) -> str:
        """The key of a run of `program` here. Raises ExecutionError if `python` is none."""
        return key_of(program, self.python, self.root)

    def _recall(self, key: str) -> bool:
        """Whether the run with that key is remembered; from now on here, too."""
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
                (self._alone if snippet.alone else self._together).append((key, snippet))
            self._next()

    def _next(self) -> None:
        """Start what may start now; called with the lock held."""
        running = self._running.values()
        if any(snippet.alone for snippet, _ in running):
            return
        while self._together and len(self._running) < AT_ONCE:
            self._begin(*self._together.popleft())
        if self._alone and all(snippet.lasts >= LONG for snippet, _ in running):
            settled = max((began for _, began in running), default=-SETTLED) + SETTLED
            self._begin(*self._alone.popleft(), settled)

    def _begin(self, key: str, snippet: Snippet, earliest: float = 0.0) -> None:
        self._running[key] = snippet, time.monotonic()
        # A daemon: an interrupted build does not wait for what it had started.
        threading.Thread(target=self._work, args=(key, snippet, earliest), daemon=True).start()

    def _run(self, snippet: Snippet) -> Run:
        gate = self._gate if snippet.lasts < LONG else None
        return run_snippet(snippet, python=self.python, gate=gate)

    def _work(self, key: str, snippet: Snippet, earliest: float) -> None:
        future = self._runs[key]
        time.sleep(max(0.0, earliest - time.monotonic()))
        try:
            run = self._execute(snippet)
            # What differs is run again by the next build: it may have been chance.
            if self.memory and disagreement(snippet, run) is None:
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
            settle()  # last: who waits for it may end the program then
        if last and self.memory:
            self.memory.prune()
