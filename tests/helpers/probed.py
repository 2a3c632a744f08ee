"""Programs run with the probe and without, for the tests of it.

Programs run with this interpreter, and with those that PROBED_PYTHONS names,
separated as in PATH.
"""

from __future__ import annotations

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

import pytest

from helpers.repository import ROOT
from snippet_engine.run import Span, Worker
from snippet_engine.tracing.trace import Trace, read_trace

PROBE = ROOT / "snippet_engine" / "tracing" / "probe"
PYTHONS = os.environ.get("PROBED_PYTHONS", sys.executable).split(os.pathsep)
LONGEST = 60  # seconds: for a machine that does much else


class Probed:
    """A program that ran: its trace, its lines and its exit."""

    def __init__(self, trace: Trace, lines: list[tuple[float, str, str]], exit: int) -> None:
        self.trace, self.lines, self.exit = trace, lines, exit
        self.names = {worker.id: worker.name for worker in trace.workers}

    def workers(self, kind: str, function: str | None = None) -> list[Worker]:
        return [
            worker
            for worker in self.trace.workers
            if worker.kind == kind and function in (None, worker.function)
        ]

    def worker(self, name: str) -> Worker:
        [found] = [worker for worker in self.trace.workers if worker.name == name]
        return found

    def waits(self, worker: Worker, reason: str) -> list[Span]:
        return [
            span
            for span in self.trace.spans
            if (span.worker, span.state, span.reason) == (worker.id, "waiting", reason)
        ]

    def longest(self, worker: Worker, reason: str) -> Span:
        waits = self.waits(worker, reason)
        assert waits, (worker, reason, self.trace.spans)
        return max(waits, key=lambda wait: (wait.ended or LONGEST) - wait.began)

    def at_once(self, spans: list[Span]) -> int:
        """How many of these spans lie beside one another, at most."""
        return max(
            sum(other.began <= span.began < (other.ended or LONGEST) for other in spans)
            for span in spans
        )

    def text(self, stream: str = "stdout") -> list[str]:
        return [text for _, name, text in self.lines if name == stream]

    def written(self) -> list[tuple[str, str]]:
        """The name of the writer of each line of standard output, with the line."""
        return [
            (self.names[writer], text)
            for writer, (_, stream, text) in zip(self.trace.writers, self.lines, strict=True)
            if writer is not None and stream == "stdout"
        ]

    def links(self) -> set[tuple[str, str, str]]:
        return {
            (self.names[link.source], self.names[link.target], link.reason)
            for link in self.trace.links
        }


Run = Callable[..., Probed]


@pytest.fixture(params=PYTHONS, ids=[f"python{n}" for n in range(len(PYTHONS))])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(python: str, tmp_path: Path) -> Run:
    """Runs a program with the probe (or without), for some seconds or to its end."""

    def run(
        program: str,
        *,
        seconds: float = LONGEST,
        suffix: str = ".py",
        probe: bool = True,
        lines: int = 0,
        start_method: str = "",
    ) -> Probed:
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
            stopped = False
            for line in _lines(child, origin + seconds):
                captured.append(line)
                if lines and len(captured) >= lines:
                    break
            if child.poll() is None and (lines or time.monotonic() >= origin + seconds):
                stopped = True
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
        return Probed(trace, captured, child.returncode)

    return run


def _lines(child: subprocess.Popen[bytes], until: float) -> Iterator[tuple[float, str, str]]:
    with DefaultSelector() as selector:
        rests = {}
        for name in ("stdout", "stderr"):
            pipe = getattr(child, name)
            selector.register(pipe, EVENT_READ, name)
            rests[name] = b""
        while rests:
            ready = selector.select(until - time.monotonic())
            if not ready and time.monotonic() >= until:
                return
            for key, _ in ready:
                name = key.data
                data = os.read(key.fd, 65536)
                *whole, rests[name] = (rests[name] + data).split(b"\n")
                if not data:
                    selector.unregister(key.fileobj)
                    whole = [rest] if (rest := rests.pop(name)) else []
                for line in whole:
                    yield time.monotonic(), name, line.decode("utf-8", "backslashreplace")


def block(number: int) -> str:
    """The program of a block of the source material."""
    for file in sorted((ROOT / "snippets").rglob("*.*")):
        head, _, body = file.read_text(encoding="utf-8").partition("\n# ///\n")
        if re.search(rf"^# source = {number}\b", head, re.M):
            return body.partition("\n#: output")[0] + "\n"
    pytest.skip(f"block {number} is not in snippets/")


def overlap(first: Span, second: Span) -> bool:
    return first.began < (second.ended or LONGEST) and second.began < (first.ended or LONGEST)
