"""Protocol between the engine and a supervisor.

The engine writes to the supervisor's standard input and reads its standard output:

| from | sent | means |
| --- | --- | --- |
| engine | a `Request` in `marshal` format | run this program |
| supervisor | the line `waiting` | the program waits before its first line |
| engine | the byte `RELEASE`, once for `waiting` | the program may run |
| supervisor | the line `started` | its first imports are over, or it has ended |
| supervisor | a line with a `Result` or a `Failure`, as a Python literal | last line |
| engine | end of file, at any time | the engine has ended: kill the process tree and exit |

Only Linux has `waiting`, since elsewhere a program is not held. A program without the probe
cannot wait before its first line, so there the supervisor waits before it starts it.

Times are seconds of `time.monotonic`, which all processes of a system share.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypedDict

    Stream = Literal["stdout", "stderr"]
else:
    TypedDict = dict  # a supervisor starts faster without `typing`

WAITING = "waiting"
STARTED = "started"
RELEASE = b"."


class LimitValues(TypedDict):
    """Limits on the resources of a process tree: the fields of `execution.limits.Limits`."""

    seconds: float  # of wall time
    output_lines: int
    output_bytes: int
    memory_bytes: int  # of all processes
    disk_bytes: int  # of files
    disk_names: int  # of files and folders
    processes: int
    threads: int


class Request(TypedDict):
    """What a supervisor has to run, and within which limits."""

    command: list[str]  # program and arguments
    directory: str  # the program's working directory
    environment: dict[str, str]  # all of the program's variables
    events_path: str  # file that the probe appends events to
    has_proc: bool  # use /proc and prctl(2), which only Linux has
    is_probed: bool  # the probe holds the program and reports its first line
    time_limit_s: float  # from the program's first line
    start_limit_s: float  # from its launch to its first line
    status_at_time_limit: str  # exit status of a program cut off by `time_limit_s`
    sample_interval_s: float  # between samples of what the process tree uses
    limits: LimitValues
    folders: list[str]  # folders whose content counts towards the limits on files
    mounts: list[str]  # file systems that only the program writes to; they count as well


class Result(TypedDict):
    """How a program ran and what it used."""

    spawned_at: float  # when it was launched, or released if it was held
    ended_at: float  # when it ended or was cut off
    was_cut: bool  # it reached a limit, or its intended end by a stop
    exit_status: str  # such as `exit 0`, `signal SIGSEGV`, `stopped`, `limit: time`
    lines: list[tuple[float, Stream, str]]  # time, stream and text of each line
    pid: int  # in the PID namespace of the supervisor
    cpu_shares: list[tuple[int, int, list[tuple[float, float]]]]  # see `CpuSampler.shares`
    cpu_seconds: float  # of all processes of the tree
    peak_memory: int  # bytes, of the largest process


class Failure(TypedDict):
    """Why a program could not be started."""

    error: str
