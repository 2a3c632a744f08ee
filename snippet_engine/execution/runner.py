"""Execution of one snippet in a supervised child process."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, cast

from snippet_engine.execution import paths, platforms, sandbox
from snippet_engine.execution.control_characters import replace_control_characters
from snippet_engine.execution.cores import count_cores
from snippet_engine.execution.environment import build_command, build_environment
from snippet_engine.execution.fork_server_client import fork_server_command
from snippet_engine.execution.interpreter import compile_helpers, query_interpreter
from snippet_engine.execution.interpreter_facts import InterpreterFacts
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.supervisor.protocol import LimitValues, Request, Result
from snippet_engine.execution.supervisor_client import GRACE_S, run_supervised
from snippet_engine.execution.unavailable import UnavailableError, UnsupportedPythonError
from snippet_engine.execution.work_directory import run_directory
from snippet_engine.run import Line, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Snippet
from snippet_engine.tracing.trace import Trace, read_trace

# Seconds between samples of CPU use. Exclusive programs are CPU-bound, and their picture shows
# that use, so they are sampled more often.
SAMPLE_INTERVAL_S = 0.1
EXCLUSIVE_SAMPLE_INTERVAL_S = 0.05

# Seconds added to the time limit where no probe reports that the interpreter has started.
START_ALLOWANCE_S = 2.0

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
    if not platforms.CURRENT.can_run:
        raise UnavailableError(snippet, platforms.REQUIREMENT, f"this is {platforms.CURRENT.name}")
    python = str(Path(shutil.which(python) or python).absolute())  # programs start elsewhere
    facts = query_interpreter(python)
    if not snippet.can_run_on(facts["python"]):
        raise UnsupportedPythonError(snippet, facts["python"])
    compile_helpers(python)
    date = datetime.now(UTC).isoformat(timespec="seconds")
    is_sandboxed = sandbox.is_enabled()
    with run_directory() as place, Path(place, "events").open("x+b") as events:
        request = _prepare(snippet, place, python, facts, limits, probe)
        if is_sandboxed:
            request["mounts"] = list(sandbox.MOUNTS)
        result = run_supervised(
            _supervisor_command(request, place, facts, is_sandboxed),
            {"LANG": "C.UTF-8"},
            # A server outside the sandbox cannot fork a supervisor inside it.
            fork_server_command() if request["has_proc"] and not is_sandboxed else None,
            request,
            gate,
        )
        trace = _read_trace(events, snippet, request, result) if probe else _empty_trace(result)
    provenance = Provenance(
        python=facts["python"],
        build=facts["build"],
        platform=facts["platform"],
        cores=count_cores(),
        start_method=snippet.start_method or facts["start_method"],
        date=date,
        sandbox=sandbox.DESCRIPTION if is_sandboxed else sandbox.NONE,
    )
    return _build_run(result, trace, provenance, (request["directory"], facts["stdlib"]))


def _prepare(
    snippet: Snippet, place: Path, python: str, facts: InterpreterFacts, limits: Limits, probe: bool
) -> Request:
    """Write the program and its folders into the run directory; return the request to run it.

    Raises UnavailableError if the snippet's shell is not installed.
    """
    directory, *others = (place / name for name in ("run", "home", "tmp"))
    for folder in (directory, *others):
        folder.mkdir()
    program = directory / snippet.path.name
    program.write_text(snippet.code, encoding="utf-8", newline="\n")
    environment = build_environment(snippet, place, python, facts["start_method"])
    if probe:
        environment["SNIPPET_EVENTS"] = str(place / "events")
    interval = EXCLUSIVE_SAMPLE_INTERVAL_S if snippet.exclusive else SAMPLE_INTERVAL_S
    # A shell program starts at its first line, so no probe needs to report that.
    is_probed = probe and snippet.language == "python"
    allowance = 0.0 if is_probed else START_ALLOWANCE_S
    return {
        "command": build_command(snippet, program, python),
        "directory": str(directory),
        "environment": environment,
        "events_path": str(place / "events"),
        "has_proc": platforms.CURRENT.has_proc,
        "is_probed": is_probed,
        "time_limit_s": (snippet.time_limit or limits.seconds) + allowance,
        "start_limit_s": limits.seconds,
        "status_at_time_limit": "stopped" if snippet.time_limit else "limit: time",
        "sample_interval_s": interval,
        "limits": cast(LimitValues, asdict(limits)),
        "folders": [str(folder) for folder in (directory, *others)],
        "mounts": [],
    }


def _supervisor_command(
    request: Request, place: Path, facts: InterpreterFacts, is_sandboxed: bool
) -> list[str]:
    """Return the command that starts a supervisor for `request`."""
    site = ("-S",) if request["has_proc"] else ()  # others import psutil
    command = [sys.executable, "-I", *site, str(paths.SUPERVISOR / "__main__.py")]
    if not is_sandboxed:
        return command
    visible = [*facts["prefixes"], sys.prefix, sys.base_prefix, str(paths.ENGINE)]
    visible += request["environment"]["PATH"].split(os.pathsep)
    visible.append(os.path.dirname(request["command"][0]))
    size = request["limits"]["disk_bytes"]
    return sandbox.wrap_command(command, str(place), visible=visible, size=size)


def _build_run(
    result: Result, trace: Trace, provenance: Provenance, hidden: tuple[str, str]
) -> Run:
    """Return the run of a program from the supervisor's result and its trace.

    `hidden` are two folders whose paths are of no use to a reader: that of the program,
    which is left out of its output, and the standard library's, which is shortened.
    """
    start = trace.start or result["spawned_at"]
    directory, stdlib = (folder + os.sep for folder in hidden)
    return Run(
        seconds=round(max(result["ended_at"] - start, 0.0), 6),
        cpu_seconds=round(result["cpu_seconds"], 6),
        peak_memory=result["peak_memory"],
        ending=result["exit_status"],
        provenance=provenance,
        lines=tuple(
            Line(
                round(max(at - start, 0.0), 6),
                stream,
                replace_control_characters(text.replace(directory, "").replace(stdlib, "/python/")),
                writer,
            )
            for (at, stream, text), writer in zip(result["lines"], trace.writers, strict=True)
        ),
        workers=trace.workers,
        spans=trace.spans,
        links=trace.links,
    )


def _read_trace(events: IO[bytes], snippet: Snippet, request: Request, result: Result) -> Trace:
    """Return the trace in the open file `events`, or an empty one if it is invalid.

    The program can write into that file too, so its content may be anything, and
    any error while reading it counts as an invalid trace.
    """
    if os.fstat(events.fileno()).st_size > MAX_EVENT_BYTES:
        events.truncate(MAX_EVENT_BYTES)
    try:
        with _reading:
            trace = read_trace(
                # The program may have deleted or replaced the file.
                f"/dev/fd/{events.fileno()}",
                result["lines"],
                origin=result["spawned_at"],
                ended=result["ended_at"],
                stopped=result["was_cut"],
                root_pid=result["pid"],
                root="main" if snippet.language == "python" else snippet.language,
                shares={(pid, thread): shares for pid, thread, shares in result["cpu_shares"]},
                sample=request["sample_interval_s"],
            )
            return trace if _is_plausible(trace, result) else _empty_trace(result)
    except Exception:
        return _empty_trace(result)


def _empty_trace(result: Result) -> Trace:
    """Return an empty trace, for a run without valid events."""
    return Trace(None, (), (), (), (None,) * len(result["lines"]), None)


def _is_plausible(trace: Trace, result: Result) -> bool:
    """Return True if all times of a trace fit the run and all names are strings.

    A second of tolerance before and after the run, and `GRACE_S` for its end, is allowed.
    """
    start = result["spawned_at"] if trace.start is None else trace.start
    if not result["spawned_at"] - 1 <= start <= result["ended_at"] + 1:
        return False
    longest = result["ended_at"] - start + GRACE_S
    timed: list[Worker | Span] = [*trace.workers, *trace.spans]
    times = [
        *(item.began for item in timed),
        *(item.ended for item in timed if item.ended is not None),
    ]
    names = chain(*((worker.kind, worker.name, worker.function) for worker in trace.workers))
    return all(0 <= at <= longest for at in times) and all(isinstance(name, str) for name in names)
