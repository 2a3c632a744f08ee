"""What one run of a snippet was: frozen plain data, to JSON and back.

All times are seconds from the first line of the program, so a run can be
drawn and compared without knowing when it took place.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Stream = Literal["stdout", "stderr"]
Kind = Literal["process", "thread", "task", "coroutine", "generator"]
State = Literal["running", "waiting", "suspended"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line that the program printed.

    `at`: seconds; `worker`: the `id` of the worker that wrote it, or None where
    it is not known.
    """

    at: float
    stream: Stream
    text: str
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One thread of execution: a process, thread, task, coroutine or generator.

    `id` is unique in its run and counts in the order of start. `name` is what
    a reader would call it and is unique too ("target 3"). A process stands for
    its main thread. `ended` is None where the worker outlived the run: it was
    still alive when the program was stopped. `shares` is CPU use over time:
    pairs of (seconds, share of one core from 0 to 1), each share holding from
    its moment until the next. It was looked at every `sample` seconds.
    """

    id: str
    kind: Kind
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
    """A stretch of a worker's life in one state.

    `reason` says what a waiting worker waits on: sleep, lock, queue, join,
    child, poll and the like. `ended` is None where the program was stopped
    before the span came to its end.
    """

    worker: str
    state: State
    began: float
    ended: float | None
    reason: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Worker `source` released worker `target` from a wait, at `at` seconds."""

    source: str
    target: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """On what a run was made.

    `date` is ISO 8601, UTC; `cores` a count; `sandbox` what the program was kept
    from, "none" where it was kept from nothing, "" where that is not known.
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
    """One run of one snippet.

    `seconds` from the first line of the program to the end of its process;
    `cpu_seconds` of the whole family of processes; `peak_memory` in bytes, of
    its largest process. `ending`: `exit 0`, `signal SIGSEGV`, `stopped`, or
    `limit: time` and its kin.
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
        """The run as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Run:
        """The run that `to_json` wrote. Raises ValueError on anything else."""
        try:
            return cls.from_dict(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a run: {error}") from error

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Run:
        """The run in a dictionary of JSON's own types."""
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
