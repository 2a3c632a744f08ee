"""Execution of one snippet in a supervised child process."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from snippet_engine.execution import paths, platforms, sandbox
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.environment import build_command, build_environment, kept_variables
from snippet_engine.execution.interpreter import _compiling, compile_probe, query_interpreter
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.sanitize import replace_control_characters
from snippet_engine.execution.supervisor_client import GRACE, supervise
from snippet_engine.execution.unavailable import UnavailableError, UnsupportedPythonError
from snippet_engine.execution.work_directory import run_directory
from snippet_engine.run import Line, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Snippet
from snippet_engine.tracing.trace import Trace, read_trace

# Seconds between samples of CPU use. Exclusive programs are CPU-bound, and their picture shows
# that use, so they are sampled more often.
_SAMPLE = 0.1
_CLOSER = 0.05

# Seconds added to the time limit where no probe reports that the interpreter has started.
_START = 2.0

# Largest trace that is read, in bytes: some 40,000 events. Reading takes thirty
# times the memory, so a lock lets only one run be read at a time.
MAX_EVENT_BYTES = 4 << 20
_reading = threading.Lock()


def execute(
    snippet: Snippet,
    *,
    limits: Limits | None = None,
    python: str = sys.executable,
    probe: bool = True,
    gate: threading.Event | None = None,
) -> Run:
    """Run `snippet` with the interpreter `python` and return its run.

    The program runs in a sandbox where one is available, and within `limits`; None
    means the default limits. Returns when its whole process tree has ended. Without
    `probe` the run has no workers, spans and links, and its seconds count from the
    start of the interpreter. On Linux the program waits before its first line until
    `gate` is set.

    Raises ExecutionError if the program cannot be started, UnsupportedPythonError if the
    snippet's `requires-python` excludes `python`, and UnavailableError if this system lacks
    something else that the snippet needs.
    """
    limits = limits or Limits()
    python = str(Path(shutil.which(python) or python).absolute())  # programs start elsewhere
    facts = query_interpreter(python)
    if not snippet.can_run_on(facts["python"]):
        raise UnsupportedPythonError(snippet, facts["python"])
    if needs := platforms.find_missing_requirement(snippet, platforms.CURRENT):
        raise UnavailableError(snippet, needs, f"{platforms.CURRENT.name} has none")
    with _compiling:
        compile_probe(python)
    date = datetime.now(UTC).isoformat(timespec="seconds")
    walled = sandbox.is_enabled()
    sample = _CLOSER if snippet.exclusive else _SAMPLE
    # A shell program starts at its first line, so no probe needs to report that.
    probed = probe and snippet.language == "python"
    with run_directory() as place, Path(place, "events").open("x+b") as events:
        directory, *others = (place / name for name in ("run", "home", "tmp"))
        for folder in (directory, *others):
            folder.mkdir()
        program = directory / snippet.path.name
        program.write_text(snippet.code, encoding="utf-8", newline="\n")
        environment = build_environment(snippet, place, python, facts["start_method"])
        if probe:
            environment["SNIPPET_EVENTS"] = events.name
        command = build_command(snippet, program, python)
        site = ("-S",) if platforms.CURRENT.has_proc else ()  # others import psutil
        supervisor = [sys.executable, "-I", *site, str(paths.SUPERVISOR / "__main__.py")]
        # A server outside the sandbox cannot fork a supervisor inside it.
        server = (
            paths.SUPERVISOR / "forking.py" if platforms.CURRENT.has_proc and not walled else None
        )
        if walled:
            visible = [*facts["prefixes"], sys.prefix, sys.base_prefix, str(paths.ENGINE)]
            visible += [*environment["PATH"].split(os.pathsep), *map(os.path.dirname, command[:1])]
            supervisor = sandbox.wrap_command(
                supervisor, str(place), visible=visible, size=limits.files
            )
        seen = supervise(
            supervisor,
            {"LANG": "C.UTF-8", **kept_variables()},
            server,
            {
                "command": command,
                "directory": str(directory),
                "environment": environment,
                "events": events.name,
                "proc": platforms.CURRENT.has_proc,
                "probed": probed,
                "seconds": (snippet.time_limit or limits.seconds) + (0 if probed else _START),
                "at_limit": "stopped" if snippet.time_limit else "limit: time",
                "patience": limits.seconds,
                "sample": sample,
                "limits": asdict(limits),
                "folders": [str(folder) for folder in (directory, *others)],
                "mounts": sandbox.MOUNTS if walled else (),
            },
            gate,
        )
        trace = _read_trace(events, snippet, seen, sample) if probe else _empty_trace(seen)
    start = trace.start or seen["spawned"]
    prefix = str(directory) + os.sep
    stdlib = facts["stdlib"] + os.sep  # its location is of no use to a reader
    return Run(
        seconds=round(max(seen["ended"] - start, 0.0), 6),
        cpu_seconds=round(seen["cpu_seconds"], 6),
        peak_memory=seen["peak_memory"],
        ending=seen["ending"],
        provenance=Provenance(
            python=facts["python"],
            build=facts["build"],
            platform=facts["platform"],
            cores=count_cores(),
            start_method=snippet.start_method or facts["start_method"],
            date=date,
            sandbox=sandbox.DESCRIPTION if walled else sandbox.NONE,
        ),
        lines=tuple(
            Line(
                round(max(at - start, 0.0), 6),
                stream,
                replace_control_characters(text.replace(prefix, "").replace(stdlib, "/python/")),
                writer,
            )
            for (at, stream, text), writer in zip(seen["lines"], trace.writers, strict=True)
        ),
        workers=trace.workers,
        spans=trace.spans,
        links=trace.links,
    )


def _read_trace(
    events: IO[bytes], snippet: Snippet, seen: Mapping[str, Any], sample: float
) -> Trace:
    """Return the trace in the open file `events`, or an empty one if it is invalid.

    The program can write into that file too, so its content may be anything, and
    any error while reading it counts as an invalid trace.
    """
    if os.fstat(events.fileno()).st_size > MAX_EVENT_BYTES:
        events.truncate(MAX_EVENT_BYTES)
    # The program may have deleted or replaced the file; Windows forbids that while it is open.
    path = f"/dev/fd/{events.fileno()}" if Path("/dev/fd").exists() else events.name
    try:
        with _reading:
            trace = read_trace(
                path,
                [(at, stream, text) for at, stream, text in seen["lines"]],
                origin=seen["spawned"],
                ended=seen["ended"],
                stopped=seen["cut"],
                root_pid=seen["pid"],
                root="main" if snippet.language == "python" else snippet.language,
                shares={(pid, thread): shares for pid, thread, shares in seen["shares"]},
                sample=sample,
            )
            return trace if _is_plausible(trace, seen) else _empty_trace(seen)
    except Exception:
        return _empty_trace(seen)


def _empty_trace(seen: Mapping[str, Any]) -> Trace:
    """Return an empty trace, for a run without valid events."""
    return Trace(None, (), (), (), (None,) * len(seen["lines"]), None)


def _is_plausible(trace: Trace, seen: Mapping[str, Any]) -> bool:
    """Return True if all times of a trace fit the run and all names are strings.

    A second of tolerance before and after the run, and `GRACE` for its end, is allowed.
    """
    start = seen["spawned"] if trace.start is None else trace.start
    if not seen["spawned"] - 1 <= start <= seen["ended"] + 1:
        return False
    longest = seen["ended"] - start + GRACE
    lives: list[Worker | Span] = [*trace.workers, *trace.spans]
    times = [*(one.began for one in lives), *(one.ended for one in lives if one.ended is not None)]
    texts = (text for one in trace.workers for text in (one.kind, one.name, one.function))
    return all(0 <= at <= longest for at in times) and all(isinstance(text, str) for text in texts)
