"""Run one snippet in a supervised child process, and say what it was."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from . import platforms, sandbox
from .facts import facts as facts_of_this
from .legible import legible
from .run import Line, Provenance, Run, Span, Worker
from .snippet import Snippet
from .supervising import GRACE, ExecutionError, cores, supervise
from .trace import Trace, read_trace
from .workplace import workplace

__all__ = ["ExecutionError", "Limits", "NotForThisPython", "NotHere", "execute", "interpreter"]

_HERE = Path(__file__).parent
_PROBE = _HERE / "probe"
_SUPERVISOR = _HERE / "supervisor"
_FACTS = _HERE / "facts.py"

# How often to look from outside at what a program uses, seconds. What computes, and so has
# no other beside it, is looked at closer: its picture is of that.
_SAMPLE = 0.1
_CLOSER = 0.05

# How long an interpreter may take to start, seconds, where nobody tells that it has.
_START = 2.0

# Whoever starts the first program has what rides along compiled; the others wait for it.
_compiling = threading.Lock()

# How much of what is told of a run is read, in bytes: some 40,000 events. Reading
# takes thirty times the memory, so it is done for one run after another.
_MOST_TOLD = 4 << 20
_reading = threading.Lock()


class NotHere(ExecutionError):
    """What a snippet `needs` is not here: it is shown without output, and that is no fault."""

    def __init__(self, snippet: Snippet, needs: str, found: str) -> None:
        super().__init__(f"{snippet.path}: needs {needs}; {found}")
        self.snippet = snippet
        self.needs = needs


class NotForThisPython(NotHere):
    """The interpreter is none of those that the snippet says it runs on."""

    def __init__(self, snippet: Snippet, python: str) -> None:
        super().__init__(snippet, f"Python {snippet.requires_python}", f"this is {python}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use, all its processes together.

    `seconds` of wall time; `lines` and `bytes` of output; bytes of `memory`;
    bytes of `files`, and `names` of files and folders, in the folders it may
    write in; `processes` and `threads` alive at once. What is looked at from
    outside, every tenth of a second, can be exceeded for so long.
    """

    seconds: float = 30.0
    lines: int = 2_000
    bytes: int = 1 << 20
    memory: int = 1 << 30
    files: int = 64 << 20
    names: int = 4_096
    processes: int = 64
    threads: int = 1_500


def execute(
    snippet: Snippet,
    *,
    limits: Limits | None = None,
    python: str = sys.executable,
    probe: bool = True,
    gate: threading.Event | None = None,
) -> Run:
    """Run `snippet` with the interpreter `python`, within `limits`.

    In a sandbox, where there is one. Without `probe` the run has no workers, spans
    and links, and its seconds count from the start of the interpreter. On Linux it
    goes on to its first line when the `gate` is open. Returns when the program and
    all its descendants have ended. Raises ExecutionError where it cannot be started,
    NotForThisPython where its `requires-python` leaves out `python`, and NotHere
    where this system has not what it needs.
    """
    limits = limits or Limits()
    python = str(Path(shutil.which(python) or python).absolute())  # it starts elsewhere
    facts = interpreter(python)
    if not snippet.runs_on(facts["python"]):
        raise NotForThisPython(snippet, facts["python"])
    if needs := platforms.lacking(snippet, platforms.HERE):
        raise NotHere(snippet, needs, f"{platforms.HERE.name} has none")
    with _compiling:
        _compile(python)
    date = datetime.now(UTC).isoformat(timespec="seconds")
    walled = sandbox.wanted()
    sample = _CLOSER if snippet.alone else _SAMPLE
    # A shell's first line needs no probe to be told: it is the start.
    probed = probe and snippet.language == "python"
    with workplace() as place, Path(place, "events").open("x+b") as events:
        directory, *others = (place / name for name in ("run", "home", "tmp"))
        for folder in (directory, *others):
            folder.mkdir()
        program = directory / snippet.path.name
        program.write_text(snippet.code, encoding="utf-8", newline="\n")
        environment = _environment(snippet, place, python, facts["start_method"])
        if probe:
            environment["SNIPPET_EVENTS"] = events.name
        command = _command(snippet, program, python)
        site = ("-S",) if platforms.HERE.proc else ()  # elsewhere it imports a package
        supervisor = [sys.executable, "-I", *site, str(_SUPERVISOR / "__main__.py")]
        # Within walls each has to start by itself.
        server = _SUPERVISOR / "forking.py" if platforms.HERE.proc and not walled else None
        if walled:
            visible = [*facts["prefixes"], sys.prefix, sys.base_prefix, str(_HERE)]
            visible += [*environment["PATH"].split(os.pathsep), *map(os.path.dirname, command[:1])]
            supervisor = sandbox.within(supervisor, str(place), visible=visible, size=limits.files)
        seen = supervise(
            supervisor,
            {"LANG": "C.UTF-8", **_kept()},
            server,
            {
                "command": command,
                "directory": str(directory),
                "environment": environment,
                "events": events.name,
                "proc": platforms.HERE.proc,
                "probed": probed,
                "seconds": (snippet.patience or limits.seconds) + (0 if probed else _START),
                "at_limit": "stopped" if snippet.patience else "limit: time",
                "patience": limits.seconds,
                "sample": sample,
                "limits": asdict(limits),
                "folders": [str(folder) for folder in (directory, *others)],
                "mounts": sandbox.MOUNTS if walled else (),
            },
            gate,
        )
        trace = _traced(events, snippet, seen, sample) if probe else _untold(seen)
    start = trace.start or seen["spawned"]
    prefix = str(directory) + os.sep
    stdlib = facts["stdlib"] + os.sep  # where that is says nothing to a reader
    return Run(
        seconds=round(max(seen["ended"] - start, 0.0), 6),
        cpu_seconds=round(seen["cpu_seconds"], 6),
        peak_memory=seen["peak_memory"],
        ending=seen["ending"],
        provenance=Provenance(
            python=facts["python"],
            build=facts["build"],
            platform=facts["platform"],
            cores=cores(),
            start_method=snippet.start_method or facts["start_method"],
            date=date,
            sandbox=sandbox.WORDS if walled else sandbox.NONE,
        ),
        lines=tuple(
            Line(
                round(max(at - start, 0.0), 6),
                stream,
                legible(text.replace(prefix, "").replace(stdlib, "/python/")),
                writer,
            )
            for (at, stream, text), writer in zip(seen["lines"], trace.writers, strict=True)
        ),
        workers=trace.workers,
        spans=trace.spans,
        links=trace.links,
    )


def _traced(events: IO[bytes], snippet: Snippet, seen: Mapping[str, Any], sample: float) -> Trace:
    """What was told in the open file `events`, by the probe or anybody.

    The program, too, may have written into that file. What makes no sense is as
    good as nothing told; what the reader of traces makes of nonsense is unknown.
    """
    if os.fstat(events.fileno()).st_size > _MOST_TOLD:
        events.truncate(_MOST_TOLD)
    # Its name may be deleted, or another file's; not on Windows, while it is open.
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
            return trace if _makes_sense(trace, seen) else _untold(seen)
    except Exception:
        return _untold(seen)


def _untold(seen: Mapping[str, Any]) -> Trace:
    """Of what nobody told anything, nothing is drawn."""
    return Trace(None, (), (), (), (None,) * len(seen["lines"]), None)


def _makes_sense(trace: Trace, seen: Mapping[str, Any]) -> bool:
    """Whether all was in the time of the run, and names are names."""
    start = seen["spawned"] if trace.start is None else trace.start
    if not seen["spawned"] - 1 <= start <= seen["ended"] + 1:
        return False
    longest = seen["ended"] - start + GRACE
    lives: list[Worker | Span] = [*trace.workers, *trace.spans]
    times = [*(one.began for one in lives), *(one.ended for one in lives if one.ended is not None)]
    texts = (text for one in trace.workers for text in (one.kind, one.name, one.function))
    return all(0 <= at <= longest for at in times) and all(isinstance(text, str) for text in texts)


@cache
def interpreter(python: str) -> dict[str, Any]:
    """What `python` is: version, build, platform, default start method, where it lives.

    Raises ExecutionError if it is no interpreter.
    """
    if python == sys.executable:
        return facts_of_this()
    try:
        answer = subprocess.run(
            [python, "-I", str(_FACTS)], capture_output=True, check=True, text=True, timeout=60
        )
        facts: dict[str, Any] = json.loads(answer.stdout)
        return facts
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ExecutionError(f"{python} is not a Python interpreter: {error}") from error


@cache
def _compile(python: str) -> None:
    """Have `python` compile what stands beside programs and in them.

    Those can write nothing there, and would do it at each start.
    """
    if python == sys.executable and all(
        map(_is_compiled, [*_PROBE.glob("*.py"), *_SUPERVISOR.glob("*.py")])
    ):
        return  # as in every build but the first
    command = [python, "-I", "-m", "compileall", "-qq", str(_PROBE), str(_SUPERVISOR)]
    with suppress(subprocess.TimeoutExpired):  # then it takes longer, and no more
        subprocess.run(command, capture_output=True, timeout=60)


def _is_compiled(path: Path) -> bool:
    """Whether this interpreter has compiled the file as it stands; see PEP 552."""
    with suppress(OSError, NotImplementedError):
        status = path.stat()
        with open(importlib.util.cache_from_source(str(path)), "rb") as file:
            of = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
            return file.read(16) == importlib.util.MAGIC_NUMBER + struct.pack("<III", *of)
    return False


def _command(snippet: Snippet, program: Path, python: str) -> list[str]:
    if snippet.language == "python":
        return [python, str(program)]
    shell = shutil.which(snippet.language)
    if shell is None:
        raise NotHere(snippet, snippet.language, "it is not installed")
    return [shell, str(program)]


def _environment(snippet: Snippet, place: Path, python: str, start_method: str) -> dict[str, str]:
    """All that a program gets to know of the machine it runs on."""
    environment = {
        "PATH": os.pathsep.join([os.path.dirname(python), os.environ.get("PATH", os.defpath)]),
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHON_COLORS": "0",
        "PYTHONPATH": str(_PROBE),
    }
    if kept := _kept():
        environment |= {**kept, "USERPROFILE": environment["HOME"], "PYTHONUTF8": "1"}
        environment |= dict.fromkeys(("TEMP", "TMP"), environment["TMPDIR"])
    if snippet.setup:
        environment["SNIPPET_SETUP"] = snippet.setup
    if snippet.start_method and snippet.start_method != start_method:
        environment["SNIPPET_START_METHOD"] = snippet.start_method
    return environment


def _kept() -> dict[str, str]:
    """Variables of this process without which no other starts."""
    return {name: os.environ[name] for name in platforms.HERE.keeps if name in os.environ}
