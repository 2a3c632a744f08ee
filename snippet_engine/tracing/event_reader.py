"""Reader of the probe's events: builds workers with their turns and waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from snippet_engine.run import WorkerKind
from snippet_engine.tracing.events import (
    Awaited,
    ChildSpawned,
    Event,
    FiberEnded,
    FiberRenamed,
    FiberStarted,
    ProcessExited,
    ProcessForked,
    ProcessNamed,
    ProcessStarted,
    ProgramBegun,
    Released,
    TextWritten,
    ThreadEnded,
    ThreadStarted,
    TurnBegun,
    TurnEnded,
    WaitBegun,
    WaitEnded,
    parse_event,
)
from snippet_engine.tracing.line_attribution import Write

FORK_SERVER = "forkserver"  # the role of multiprocessing's fork server process
SHORTEST_WAIT = 0.001  # seconds: shorter waits are ignored


@dataclass(slots=True, eq=False)
class WaitInterval:
    """A wait of a worker, in monotonic time; `ended` is None if it was not over.

    `awaited` identifies what is waited for, as in `events.Awaited`.
    """

    began: float
    reason: str
    awaited: Awaited
    line: int | None
    ended: float | None = None


@dataclass(slots=True, eq=False)
class Turn:
    """The time in which a fiber has control; `ended` is None if the turn was not over.

    `next_reason`, `awaited_fiber` and `line` describe the wait that follows.
    """

    began: float
    ended: float | None = None
    next_reason: str = ""
    awaited_fiber: int | None = None
    line: int | None = None


@dataclass(slots=True, eq=False)
class TracedWorker:
    """A worker, completed as its events are read. Times are monotonic, in seconds."""

    kind: WorkerKind
    began: float
    pid: int
    tid: int
    parent: TracedWorker | None
    given_name: str = ""
    function: str = ""
    line: int | None = None
    argument: str = ""
    role: str = ""
    ended: float | None = None
    waits: list[WaitInterval] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    has_yielded: bool = False

    @property
    def is_fiber(self) -> bool:
        """Return True if the worker runs inside a thread: a task or a generator, say."""
        return self.kind not in ("process", "thread")

    def visible_worker(self) -> TracedWorker:
        """Return the worker that represents this one in the run.

        A generator or coroutine that never yielded is like a function call: its caller
        represents it. Any other worker represents itself.
        """
        worker = self
        while (
            worker.parent and worker.kind in ("generator", "coroutine") and not worker.has_yielded
        ):
            worker = worker.parent
        return worker


class Reader:
    """Reader of the events of one run, in the order in which they were written.

    `program_start` is the time of the program's first line, None if the root process did not
    reach one. `is_root_traced` is True if the root process has a probe.
    """

    def __init__(self, root_pid: int, origin: float) -> None:
        self.root = TracedWorker("process", origin, root_pid, root_pid, None)
        self.workers = [self.root]
        self.threads = {(root_pid, root_pid): self.root}  # by process and native thread id
        self.fibers: dict[tuple[int, int], TracedWorker] = {}  # by process and number
        self.releases: dict[tuple[int, int], list[tuple[float, TracedWorker]]] = {}  # by address
        self.writes: list[Write[TracedWorker]] = []
        self.program_start: float | None = None
        self.start_method: str | None = None
        self.is_root_traced = False
        self._open_waits: dict[tuple[int, int], tuple[TracedWorker, WaitInterval]] = {}
        self._spawners: dict[int, TracedWorker] = {}  # by process

    def read(self, event: Event) -> None:
        """Apply one event."""
        _HANDLERS[type(event)](self, event)

    def _find_thread(self, pid: int, tid: int) -> TracedWorker:
        """Return a thread, else the main thread of its process, else the root worker."""
        return self.threads.get((pid, tid)) or self.threads.get((pid, pid)) or self.root

    def _find_worker(self, pid: int, tid: int, fiber: int) -> TracedWorker:
        return self.fibers.get((pid, fiber)) or self._find_thread(pid, tid)

    def _add(self, worker: TracedWorker) -> TracedWorker:
        self.workers.append(worker)
        return worker

    def _start_process(self, event: ProcessStarted) -> None:
        if event.pid == self.root.pid:
            self.is_root_traced = True
            return
        parent = (
            self._spawners.get(event.parent_pid)
            or self.threads.get((event.parent_pid, event.parent_pid))
            or self.root
        )
        worker = TracedWorker("process", event.at, event.pid, event.tid, parent, role=event.role)
        worker.function = FORK_SERVER if event.role == FORK_SERVER else ""
        self.threads[event.pid, event.tid] = self._add(worker)

    def _begin_program(self, event: ProgramBegun) -> None:
        if event.pid == self.root.pid and self.program_start is None:
            self.program_start = event.at

    def _fork_process(self, event: ProcessForked) -> None:
        parent = self._find_worker(event.parent_pid, event.parent_tid, event.parent_fiber)
        self.threads[event.pid, event.tid] = self._add(
            TracedWorker(
                *("process", event.began, event.pid, event.tid, parent),
                line=event.line,
                role="fork",
            )
        )

    def _name_process(self, event: ProcessNamed) -> None:
        worker = self._find_thread(event.pid, event.tid)
        worker.given_name, worker.function = event.name, event.function
        worker.line = event.line or worker.line
        method = worker.role
        if worker.parent is not None and worker.parent.pid != event.parent_pid:
            method = "forkserver"  # the parent asked the fork server, which forked it
            pid = event.parent_pid or 0
            worker.parent = self.threads.get((pid, pid)) or worker.parent
        self.start_method = self.start_method or method

    def _note_spawner(self, event: ChildSpawned) -> None:
        self._spawners[event.pid] = self._find_worker(event.pid, event.tid, event.fiber)

    def _end_process(self, event: ProcessExited) -> None:
        if (worker := self.threads.get((event.pid, event.pid))) is not None:
            worker.ended = event.at

    def _start_thread(self, event: ThreadStarted) -> None:
        parent = self._find_worker(event.pid, event.parent_tid, event.parent_fiber)
        self.threads[event.pid, event.tid] = self._add(
            TracedWorker(
                *("thread", event.at, event.pid, event.tid, parent),
                given_name=event.name,
                function=event.function,
                line=event.line or event.start_line,
            )
        )

    def _end_thread(self, event: ThreadEnded) -> None:
        if (worker := self.threads.get((event.pid, event.tid))) is not None:
            worker.ended = event.at

    def _start_fiber(self, event: FiberStarted) -> None:
        self.fibers[event.pid, event.fiber] = self._add(
            TracedWorker(
                cast(WorkerKind, event.worker_kind),
                event.at,
                event.pid,
                event.tid,
                self._find_worker(event.pid, event.tid, event.parent_fiber),
                given_name=event.name,
                function=event.function,
                line=event.line,
                argument=event.argument,
                has_yielded=event.has_yielded,
            )
        )

    def _rename_fiber(self, event: FiberRenamed) -> None:
        if (worker := self.fibers.get((event.pid, event.fiber))) is not None:
            worker.given_name = event.name

    def _begin_turn(self, event: TurnBegun) -> None:
        if (worker := self.fibers.get((event.pid, event.fiber))) is not None:
            worker.turns.append(Turn(event.at))

    def _end_turn(self, event: TurnEnded) -> None:
        worker = self.fibers.get((event.pid, event.fiber))
        if worker is not None and worker.turns:
            turn = worker.turns[-1]
            turn.ended, turn.next_reason = event.at, event.reason
            turn.awaited_fiber, turn.line = event.awaited_fiber, event.line
            worker.has_yielded = True

    def _end_fiber(self, event: FiberEnded) -> None:
        if (worker := self.fibers.get((event.pid, event.fiber))) is not None:
            worker.ended = event.at
            if worker.turns and worker.turns[-1].ended is None:
                worker.turns[-1].ended = event.at

    def _begin_wait(self, event: WaitBegun) -> None:
        wait = WaitInterval(event.at, event.reason, event.awaited, event.line)
        worker = self._find_worker(event.pid, event.tid, event.fiber)
        worker.waits.append(wait)
        self._open_waits[event.pid, event.tid] = (worker, wait)

    def _end_wait(self, event: WaitEnded) -> None:
        worker, wait = self._open_waits.pop((event.pid, event.tid), (None, None))
        if worker is not None and wait is not None:
            wait.ended = event.at
            if event.at - wait.began < SHORTEST_WAIT and worker.waits[-1] is wait:
                worker.waits.pop()

    def _note_release(self, event: Released) -> None:
        worker = self._find_worker(event.pid, event.tid, event.fiber)
        self.releases.setdefault((event.pid, event.address), []).append((event.at, worker))

    def _add_write(self, event: TextWritten) -> None:
        self.writes.append(
            Write(
                at=event.at,
                thread=(event.pid, event.tid),
                stream="stdout" if event.stream == 1 else "stderr",
                data=event.data,
                size=event.size,
                writer=self._find_worker(event.pid, event.tid, event.fiber),
            )
        )


_HANDLERS: Mapping[type[Event], Callable[[Reader, Any], None]] = {
    ProcessStarted: Reader._start_process,
    ProgramBegun: Reader._begin_program,
    ProcessForked: Reader._fork_process,
    ProcessNamed: Reader._name_process,
    ChildSpawned: Reader._note_spawner,
    ProcessExited: Reader._end_process,
    ThreadStarted: Reader._start_thread,
    ThreadEnded: Reader._end_thread,
    FiberStarted: Reader._start_fiber,
    FiberRenamed: Reader._rename_fiber,
    TurnBegun: Reader._begin_turn,
    TurnEnded: Reader._end_turn,
    FiberEnded: Reader._end_fiber,
    WaitBegun: Reader._begin_wait,
    WaitEnded: Reader._end_wait,
    Released: Reader._note_release,
    TextWritten: Reader._add_write,
}


def read_events(path: str, root_pid: int, origin: float) -> Reader:
    """Read the events of a run from a file, which may be missing.

    Lines that are no events are ignored. Raises ValueError if an event is malformed. `origin`
    is the monotonic time at which the root process was started.
    """
    reader = Reader(root_pid, origin)
    if Path(path).exists():
        with Path(path).open("rb") as file:
            for line in file:
                if (event := parse_event(line)) is not None:
                    reader.read(event)
    return reader
