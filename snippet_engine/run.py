"""Immutable data model of one run of a snippet, with conversion to and from JSON.

All times are in seconds since the program's first line. If no first line was traced (a
shell script, say), they count from the start of the process.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Stream = Literal["stdout", "stderr"]
WorkerKind = Literal["process", "thread", "task", "coroutine", "generator"]
WorkerState = Literal["running", "waiting", "suspended"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a program's output.

    `at` is the time at which it was captured. `worker` is the `id` of the worker that wrote
    it, or None if unknown.
    """

    at: float
    stream: Stream
    text: str
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker of a run: a process, thread, task, coroutine or generator.

    A process represents its main thread. `id` is unique in the run and numbered in order of
    start; `name` is the unique name shown to readers ("target 3"). `ended` is None if the
    worker was still alive when the program was stopped. `shares` is CPU use over time: pairs
    of (time, share of one core from 0 to 1), each valid until the time of the next. `sample`
    is the sampling interval of `shares` in seconds.
    """

    id: str
    kind: WorkerKind
    name: str
    parent: str | None
    began: float
    ended: float | None
    process: int
    function: str = ""
    line: int | None = None
    shares: tuple[tuple[float, float], ...] = ()
    sample: float = 0.1


@dataclass(frozen=True, slots=True)
class Span:
    """A period that a worker spends in one state.

    `reason` names what a waiting worker waits on, such as "sleep", "lock" or "queue".
    `ended` is None if the program was stopped during the span.
    """

    worker: str
    state: WorkerState
    began: float
    ended: float | None
    reason: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a wait of worker `target`, caused by worker `source` at time `at`."""

    source: str
    target: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The environment in which a run was made.

    `date` is in ISO 8601, UTC. `sandbox` describes what the program had no access to: "none"
    if it was not sandboxed, "" if unknown.
    """

    python: str
    build: str
    platform: str
    cores: int
    start_method: str
    date: str
    sandbox: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a snippet's program.

    `seconds` lasts from the program's first line to the end of its process. `cpu_seconds` is
    the CPU time of the whole process tree, `peak_memory` the peak size in bytes of its
    largest process. `ending` is the exit status: `exit 0`, `signal SIGSEGV`, `stopped`, or
    the limit that was exceeded, such as `limit: time`.
    """

    seconds: float
    cpu_seconds: float
    peak_memory: int
    ending: str
    provenance: Provenance
    lines: tuple[Line, ...] = ()
    workers: tuple[Worker, ...] = ()
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = field(default=())

    def to_json(self) -> str:
        """Return the run as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Run:
        """Return the run that `to_json` serialized.

        Raises ValueError if `text` is not such a run.
        """
        try:
            return cls.from_dict(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a run: {error}") from error

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Run:
        """Return the run in a dictionary of JSON types, as `json.loads` returns it.

        Raises KeyError, TypeError or AttributeError if the dictionary is not a run.
        """
        workers = (
            Worker(**{**worker, "shares": tuple(map(tuple, worker["shares"]))})
            for worker in data["workers"]
        )
        return cls(
            **{
                **data,
                "provenance": Provenance(**data["provenance"]),
                "lines": tuple(Line(**line) for line in data["lines"]),
                "workers": tuple(workers),
                "spans": tuple(Span(**span) for span in data["spans"]),
                "links": tuple(Link(**link) for link in data["links"]),
            }
        )
