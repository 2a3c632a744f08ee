"""Reader of the probe's events: builds workers with their turns and waits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippet_engine.run import Kind
from snippet_engine.tracing.line_attribution import Piece

FORK_SERVER = "forkserver"  # the role of multiprocessing's fork server process
SHORTEST = 0.001  # seconds: shorter waits are ignored
Event = tuple[Any, ...]
KINDS = {
    *("process", "begin", "fork", "named", "thread", "spawns", "ends", "exit"),
    *("lane", "renamed", "turn", "yield", "done", "wait", "woke", "free", "line"),
}


@dataclass(slots=True, eq=False)
class Wait:
    """A wait of a worker, or a turn of a lane: the time in which it has control.

    In a wait, `on` identifies what is waited for: the address of a lock or queue,
    ("thread", id), ("process", id), or None. In a turn, `reason`, `on` and `line` describe
    the wait that follows it; `on` is then the number of a lane.
    """

    began: float
    reason: str
    on: Any
    line: int | None
    ended: float | None = None


@dataclass(slots=True, eq=False)
class Work:
    """A worker, completed as its events are read. Times are monotonic, in seconds."""

    kind: Kind
    began: float
    process: int
    thread: int
    parent: Work | None
    given: str = ""
    function: str = ""
    line: int | None = None
    argument: str = ""
    role: str = ""
    ended: float | None = None
    waits: list[Wait] = field(default_factory=list)
    turns: list[Wait] = field(default_factory=list)
    yielded: bool = False

    @property
    def is_lane(self) -> bool:
        """Return True if the worker runs inside a thread: a task or a generator, say."""
        return self.kind not in ("process", "thread")

    def shown(self) -> Work:
        """Return the worker that represents this one in the run.

        A generator or coroutine that never yielded is like a function call: its caller
        represents it. Any other worker represents itself.
        """
        work = self
        while work.parent and work.kind in ("generator", "coroutine") and not work.yielded:
            work = work.parent
        return work


class Reader:
    """Reader of the events of one run, in the order in which they were written."""

    def __init__(self, root_pid: int, origin: float) -> None:
        self.root = Work("process", origin, root_pid, root_pid, None)
        self.works = [self.root]
        self.threads: dict[tuple[int, int], Work] = {(root_pid, root_pid): self.root}
        self.lanes: dict[tuple[int, int], Work] = {}
        self.open: dict[tuple[int, int], tuple[Work, Wait]] = {}
        self.spawners: dict[int, Work] = {}
        self.frees: dict[tuple[int, int], list[tuple[float, Work]]] = {}
        self.pieces: list[Piece] = []
        self.start: float | None = None
        self.start_method: str | None = None
        self.told = False

    def read(self, event: Event) -> None:
        """Apply one event; one of unknown kind is ignored."""
        kind, at, pid, tid, *rest = event
        if kind in KINDS:
            getattr(self, f"_{kind}")(at, pid, tid, *rest)

    def _thread_of(self, pid: int, tid: int) -> Work:
        known = self.threads.get((pid, tid)) or self.threads.get((pid, pid))
        return known or self.root

    def _worker(self, pid: int, tid: int, lane: int) -> Work:
        return self.lanes.get((pid, lane)) or self._thread_of(pid, tid)

    def _add(self, work: Work) -> Work:
        self.works.append(work)
        return work

    def _process(self, at: float, pid: int, tid: int, parent: int, role: str) -> None:
        if pid == self.root.process:
            self.told = True
            return
        known = self.spawners.get(parent) or self.threads.get((parent, parent)) or self.root
        work = Work("process", at, pid, tid, known, role=role)
        work.function = FORK_SERVER if role == FORK_SERVER else ""
        self.threads[pid, tid] = self._add(work)

    def _begin(self, at: float, pid: int, tid: int) -> None:
        if pid == self.root.process and self.start is None:
            self.start = at

    def _fork(
        self,
        at: float,
        pid: int,
        tid: int,
        began: float,
        parent: int,
        thread: int,
        lane: int,
        line: int | None,
    ) -> None:
        known = self._worker(parent, thread, lane)
        work = Work("process", began, pid, tid, known, line=line, role="fork")
        self.threads[pid, tid] = self._add(work)

    def _named(
        self,
        at: float,
        pid: int,
        tid: int,
        name: str,
        function: str,
        line: int | None,
        parent: int | None,
    ) -> None:
        work = self._thread_of(pid, tid)
        work.given, work.function, work.line = name, function, line or work.line
        method = work.role
        if work.parent is not None and work.parent.process != parent:
            method = "forkserver"  # the parent asked the fork server, which forked it
            work.parent = self.threads.get((parent or 0, parent or 0)) or work.parent
        self.start_method = self.start_method or method

    def _thread(
        self,
        at: float,
        pid: int,
        tid: int,
        parent: int,
        lane: int,
        started: int | None,
        name: str,
        function: str,
        line: int | None,
    ) -> None:
        known = self._worker(pid, parent, lane)
        work = Work("thread", at, pid, tid, known, name, function, line or started)
        self.threads[pid, tid] = self._add(work)

    def _ends(self, at: float, pid: int, tid: int) -> None:
        if (work := self.threads.get((pid, tid))) is not None:
            work.ended = at

    def _exit(self, at: float, pid: int, tid: int) -> None:
        if (work := self.threads.get((pid, pid))) is not None:
            work.ended = at

    def _spawns(self, at: float, pid: int, tid: int, lane: int, line: int | None) -> None:
        self.spawners[pid] = self._worker(pid, tid, lane)

    def _lane(
        self,
        at: float,
        pid: int,
        tid: int,
        number: int,
        kind: Kind,
        name: str,
        function: str,
        line: int | None,
        argument: str,
        parent: int,
        yielded: bool = False,
    ) -> None:
        known = self._worker(pid, tid, parent)
        work = Work(kind, at, pid, tid, known, name, function, line, argument)
        work.yielded = yielded  # in an earlier turn, too short to be reported
        self.lanes[pid, number] = self._add(work)

    def _renamed(self, at: float, pid: int, tid: int, number: int, name: str) -> None:
        if (work := self.lanes.get((pid, number))) is not None:
            work.given = name

    def _turn(self, at: float, pid: int, tid: int, number: int) -> None:
        if (work := self.lanes.get((pid, number))) is not None:
            work.turns.append(Wait(at, "", None, None))

    def _yield(
        self, at: float, pid: int, tid: int, number: int, reason: str, on: Any, line: int | None
    ) -> None:
        work = self.lanes.get((pid, number))
        if work is not None and work.turns:
            turn = work.turns[-1]
            turn.ended, turn.reason, turn.on, turn.line = at, reason, on, line
            work.yielded = True

    def _done(self, at: float, pid: int, tid: int, number: int) -> None:
        if (work := self.lanes.get((pid, number))) is not None:
            work.ended = at
            if work.turns and work.turns[-1].ended is None:
                work.turns[-1].ended = at

    def _wait(
        self, at: float, pid: int, tid: int, lane: int, reason: str, on: Any, line: int | None
    ) -> None:
        wait = Wait(at, reason, on, line)
        work = self._worker(pid, tid, lane)
        work.waits.append(wait)
        self.open[pid, tid] = (work, wait)

    def _woke(self, at: float, pid: int, tid: int) -> None:
        if (opened := self.open.pop((pid, tid), None)) is not None:
            work, wait = opened
            wait.ended = at
            if at - wait.began < SHORTEST and work.waits[-1] is wait:
                work.waits.pop()

    def _free(self, at: float, pid: int, tid: int, lane: int, on: int) -> None:
        self.frees.setdefault((pid, on), []).append((at, self._worker(pid, tid, lane)))

    def _line(
        self, at: float, pid: int, tid: int, lane: int, stream: int, size: int, piece: bytes
    ) -> None:
        name = "stdout" if stream == 1 else "stderr"
        self.pieces.append(Piece(at, (pid, tid), name, piece, size, self._worker(pid, tid, lane)))


def read_events(path: str, root_pid: int, origin: float) -> Reader:
    """Read the events of a run from a file.

    The file may be missing; malformed lines, such as a last one that is incomplete, are
    ignored. `origin` is the monotonic time at which the root process was started.
    """
    reader = Reader(root_pid, origin)
    for event in _events(path):
        reader.read(event)
    return reader


def _events(path: str) -> Iterator[Event]:
    if not Path(path).exists():
        return
    with Path(path).open("rb") as file:
        for line in file:
            try:
                event = ast.literal_eval(line.decode("ascii"))
            except (ValueError, SyntaxError, UnicodeDecodeError):
                continue
            if isinstance(event, tuple) and len(event) >= 4 and isinstance(event[0], str):
                yield event
