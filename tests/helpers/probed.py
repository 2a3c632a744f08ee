"""Runs of programs with the probe and without, for the tests of the probe.

Programs run with this interpreter, or with those that PROBED_PYTHONS names, separated as in
PATH.
"""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from textwrap import dedent
from typing import Any, TypeVar

import pytest

from helpers.repository import ROOT
from snippet_engine.run import Span, Worker
from snippet_engine.tracing.event_reader import Reader
from snippet_engine.tracing.events import Event, parse_event
from snippet_engine.tracing.line_attribution import find_writers
from snippet_engine.tracing.trace import Trace, read_trace

PROBE = ROOT / "snippet_engine" / "tracing" / "probe"
PYTHONS = os.environ.get("PROBED_PYTHONS", sys.executable).split(os.pathsep)
TIME_LIMIT = 60  # seconds: for a machine that does much else

EventT = TypeVar("EventT")


class ProbedRun:
    """The run of a program: its trace, its events, its lines and its exit code.

    `lines` has the time, stream and text of each line. `unmatched_lines` has those that match
    no write of a worker; the trace attributes them to the root worker.
    """

    def __init__(
        self,
        trace: Trace,
        events: list[Event],
        lines: list[tuple[float, str, str]],
        exit_code: int,
    ) -> None:
        self.trace, self.events, self.lines, self.exit_code = trace, events, lines, exit_code
        reader = Reader(0, 0.0)
        for event in events:
            reader.read(event)
        writers = find_writers(reader.writes, lines)
        self.unmatched_lines = [
            line for line, writer in zip(lines, writers, strict=True) if writer is None
        ]
        self.names = {worker.id: worker.name for worker in trace.workers}

    def find_workers(self, kind: str, function: str | None = None) -> list[Worker]:
        return [
            worker
            for worker in self.trace.workers
            if worker.kind == kind and function in (None, worker.function)
        ]

    def find_worker(self, name: str) -> Worker:
        [worker] = [worker for worker in self.trace.workers if worker.name == name]
        return worker

    def find_events(self, event_class: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, event_class)]

    def find_waits(self, worker: Worker, reason: str) -> list[Span]:
        return [
            span
            for span in self.trace.spans
            if (span.worker, span.state, span.reason) == (worker.id, "waiting", reason)
        ]

    def find_longest_wait(self, worker: Worker, reason: str) -> Span:
        waits = self.find_waits(worker, reason)
        assert waits, (worker, reason, self.trace.spans)
        return max(waits, key=lambda wait: (wait.ended or TIME_LIMIT) - wait.began)

    def select_lines(self, stream: str = "stdout") -> list[str]:
        return [text for _, line_stream, text in self.lines if line_stream == stream]

    def find_written_lines(self, stream: str = "stdout") -> list[tuple[str, str]]:
        """Return the name of the writer of each line of a stream, with the line."""
        return [
            (self.names[writer], text)
            for writer, (_, line_stream, text) in zip(self.trace.writers, self.lines, strict=True)
            if writer is not None and line_stream == stream
        ]

    def find_links(self) -> set[tuple[str, str, str]]:
        """Return the names of the source and target of each wake, with its reason."""
        return {
            (self.names[link.source], self.names[link.target], link.reason)
            for link in self.trace.links
        }


RunProgram = Callable[..., ProbedRun]


@pytest.fixture(params=PYTHONS, ids=[f"python{n}" for n in range(len(PYTHONS))])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def import_probe_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Return a function that imports a new copy of a module of the probe by its name."""
    monkeypatch.syspath_prepend(str(PROBE))

    def forget_modules() -> None:
        for name in [name for name in sys.modules if name.startswith("_snippet_probe")]:
            del sys.modules[name]

    forget_modules()
    yield lambda name: importlib.import_module(f"_snippet_probe.{name}")
    forget_modules()


@pytest.fixture
def run_program(python: str, tmp_path: Path) -> RunProgram:
    """Return a function that runs a program, with the probe or without.

    The program runs to its end, or is killed after `seconds` or after so many `lines`.
    """

    def run_program(
        program: str,
        *,
        seconds: float = TIME_LIMIT,
        suffix: str = ".py",
        probe: bool = True,
        lines: int = 0,
        start_method: str = "",
    ) -> ProbedRun:
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        file = folder / f"program{suffix}"
        file.write_text(dedent(program), encoding="utf-8")
        events = tmp_path / "events"
        events.unlink(missing_ok=True)
        environment = {
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROBE),
        }
        if start_method:
            environment["SNIPPET_START_METHOD"] = start_method
        if probe:
            environment["SNIPPET_EVENTS"] = str(events)
        origin = time.monotonic()
        with subprocess.Popen(
            ["zsh" if suffix == ".zsh" else python, file.name],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as child:
            captured: list[tuple[float, str, str]] = []
            for line in _read_lines(child, origin + seconds):
                captured.append(line)
                if lines and len(captured) >= lines:
                    break
            is_over_limit = bool(lines) or time.monotonic() >= origin + seconds
            stopped = child.poll() is None and is_over_limit
            ended = time.monotonic()
            if stopped:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        trace = read_trace(
            str(events),
            captured,
            origin=origin,
            ended=ended if stopped else time.monotonic(),
            stopped=stopped,
            root_pid=child.pid,
            root="zsh" if suffix == ".zsh" else "main",
        )
        return ProbedRun(trace, _parse_events(events), captured, child.returncode)

    return run_program


def _parse_events(path: Path) -> list[Event]:
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [event for line in lines if (event := parse_event(line)) is not None]


def _read_lines(
    child: subprocess.Popen[bytes], deadline: float
) -> Iterator[tuple[float, str, str]]:
    """Yield the time, stream and text of each line until `deadline` or the end of both."""
    with DefaultSelector() as selector:
        rests = {}
        for name in ("stdout", "stderr"):
            selector.register(getattr(child, name), EVENT_READ, name)
            rests[name] = b""
        while rests:
            ready = selector.select(deadline - time.monotonic())
            if not ready and time.monotonic() >= deadline:
                return
            for key, _ in ready:
                name = key.data
                data = os.read(key.fd, 65536)
                *complete, rests[name] = (rests[name] + data).split(b"\n")
                if not data:
                    selector.unregister(key.fileobj)
                    complete = [rest] if (rest := rests.pop(name)) else []
                for line in complete:
                    yield time.monotonic(), name, line.decode("utf-8", "backslashreplace")


def read_block(number: int) -> str:
    """Return the program of a block of the source material."""
    for file in sorted((ROOT / "snippets").rglob("*.*")):
        head, _, body = file.read_text(encoding="utf-8").partition("\n# ///\n")
        if re.search(rf"^# source = {number}\b", head, re.M):
            return body.partition("\n#: output")[0] + "\n"
    pytest.skip(f"block {number} is not in snippets/")


def is_overlapping(first: Span, second: Span) -> bool:
    return first.began < (second.ended or TIME_LIMIT) and second.began < (first.ended or TIME_LIMIT)


def count_concurrent(spans: list[Span]) -> int:
    """Return the largest number of spans that contain the same moment."""
    return max(
        sum(other.began <= span.began < (other.ended or TIME_LIMIT) for other in spans)
        for span in spans
    )
