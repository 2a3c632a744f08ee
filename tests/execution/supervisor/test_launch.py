"""Launch of a program as the child of a guard process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from helpers.processes import is_gone, needs_proc
from helpers.supervisors import build_request, run_like_supervisor

pytestmark = needs_proc

# The program of REQUEST, until it ends; its output is then in `output`.
RUN = """
    import os, time
    from supervisor.launch import Program
    from supervisor.process_tree import PR_SET_CHILD_SUBREAPER, kill_descendants, prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    program = Program(REQUEST, None)
    while not program.has_ended():
        time.sleep(0.01)
    output = os.read(program.pipes["stdout"], 4096).decode()
"""


def run_launch(folder: Path, code: str, **changes: Any) -> str:
    """Return what `code` prints in a process with a request to run a shell command."""
    changes.setdefault("command", ["/bin/sh", "-c", "echo $PWD; exit 3"])
    request = dict(build_request(folder, **changes))
    lines = [line.removeprefix("    ") for line in code.strip("\n").splitlines()]
    return run_like_supervisor("\n".join([f"REQUEST = {request!r}", *lines]))


def test_program_runs_in_its_directory_and_has_its_exit_status(tmp_path: Path) -> None:
    code = RUN + "    print(program.exit_status, output, end='')"
    assert run_launch(tmp_path, code) == f"exit 3 {tmp_path}\n"


def test_program_has_no_input_no_files_and_its_own_session(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "cat; ls /proc/self/fd; cut -d' ' -f6 /proc/self/stat; echo $$"]
    code = RUN + "    print(output)"
    environment = {"PATH": "/usr/bin:/bin"}
    lines = run_launch(tmp_path, code, command=command, environment=environment).split()
    assert lines[:4] == ["0", "1", "2", "3"]  # 3 is the folder that `ls` reads
    assert lines[4] == lines[5]


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        ("kill -9 $PPID; sleep 0.2; exit 4", "exit 4"),
        ("kill -STOP $PPID; exit 4", "exit 4"),
        ("kill -SEGV $$", "signal SIGSEGV"),
        ("kill -9 $$", "signal SIGKILL"),
        ("exit 139", "exit 139"),
    ],
)
def test_exit_status_survives_attacks_on_the_guard(
    attack: str, expected: str, tmp_path: Path
) -> None:
    code = RUN + "    print(program.exit_status)"
    assert run_launch(tmp_path, code, command=["/bin/sh", "-c", attack]) == f"{expected}\n"


def test_end_is_signalled_by_a_file_descriptor(tmp_path: Path) -> None:
    code = RUN + (
        "    import select\n"
        "    print(select.select([program.end_file], [], [], 0)[0] == [program.end_file])"
    )
    assert run_launch(tmp_path, code) == "True\n"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"command": ["/no/such/program"]}, "No such file"),
        ({"directory": "/no/such/folder"}, "No such file"),
        ({"command": ["/etc/passwd"]}, "/etc/passwd"),
    ],
)
def test_program_that_cannot_be_started_is_an_error(
    changes: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    code = """
    from supervisor.launch import Program
    try:
        Program(REQUEST, None)
    except OSError as error:
        print(error)
    """
    assert expected in run_launch(tmp_path, code, **changes)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ("os.kill(os.getpid(), 9)", "its guard process ended before it had started the program"),
        ("raise OSError(11, 'no more processes')", "[Errno 11] no more processes"),
    ],
)
def test_guard_that_fails_early_is_an_error(failure: str, expected: str, tmp_path: Path) -> None:
    code = f"""
    import os
    from supervisor.launch import Program
    supervisor, real_fork = os.getpid(), os.fork
    def fork():
        if os.getpid() == supervisor:
            return real_fork()
        {failure}
    os.fork = fork
    try:
        Program(REQUEST, None)
    except OSError as error:
        print(error)
    """
    assert run_launch(tmp_path, code) == f"{expected}\n"


def test_guard_kills_the_tree_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    token = f"guard-{os.getpid()}"
    code = """
    import os
    from supervisor.launch import Program
    pid = os.fork()
    if not pid:
        program = Program(REQUEST, None)
        os.read(program.pipes["stdout"], 1)
        os.kill(os.getpid(), 9)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """
    command = ["/bin/sh", "-c", "sleep 60 & sleep 61 & echo; wait"]
    output = run_launch(tmp_path, code, command=command, environment={"TOKEN": token})
    assert output == "-9\n"
    assert is_gone(f"TOKEN={token}")


def test_held_program_gets_the_file_descriptors_of_its_gate(tmp_path: Path) -> None:
    code = """
    import json, os, time
    from supervisor.launch import Program
    from supervisor.start_gate import StartGate
    gate = StartGate()
    program = Program(REQUEST, gate)
    waits = os.read(gate.reached, 10).decode()
    time.sleep(0.1)
    early = program.has_ended()
    gate.release()
    while not program.has_ended():
        time.sleep(0.01)
    print(json.dumps([waits, early, program.exit_status]))
    """
    script = 'set -- $SNIPPET_GO; eval "printf . >&$1; head -c1 <&$2"; exit 5'
    environment = {"PATH": "/usr/bin:/bin"}
    command = ["/bin/bash", "-c", script]
    output = run_launch(tmp_path, code, command=command, environment=environment)
    assert json.loads(output) == [".", False, "exit 5"]
