"""Start of supervisors, by a fork server or as new processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, list_children, needs_proc, wait_until
from helpers.programs import run_code

from snippet_engine.execution import fork_server_client, paths
from snippet_engine.execution.fork_server_client import (
    ForkedSupervisor,
    ForkServer,
    fork_server_command,
    start_supervisor,
)

pytestmark = needs_proc
FALLBACK = [sys.executable, "-c", "print('new process')"]


@pytest.fixture(autouse=True)
def _no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without a server, and without the sandbox, in which none is used."""
    monkeypatch.setattr(fork_server_client, "_servers", {})
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


def get_server() -> ForkServer:
    [server] = fork_server_client._servers.values()
    return server


def has_ended(server: ForkServer) -> bool:
    return server.process.wait(30) is not None


def test_programs_share_a_server_and_leave_no_supervisor() -> None:
    others = list_children()
    runs = [run_code(f"print({number})\n") for number in range(3)]
    assert [run.lines[0].text for run in runs] == ["0", "1", "2"]
    assert get_server().process.pid
    assert wait_until(lambda: list_children() == others)


def test_supervisor_is_a_fork_of_the_server_in_its_own_session() -> None:
    with start_supervisor(FALLBACK, {}, fork_server_command()) as supervisor:
        assert isinstance(supervisor, ForkedSupervisor)
        pid = supervisor.pid
        assert "fork-server" in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        assert wait_until(lambda: os.getsid(pid) == pid)
    assert supervisor.returncode == 1  # it got no request


def test_killed_supervisor_has_the_exit_code_of_its_signal() -> None:
    with start_supervisor(FALLBACK, {}, fork_server_command()) as supervisor:
        began = time.monotonic()
        with pytest.raises(subprocess.TimeoutExpired):
            supervisor.wait(0.2)
        assert time.monotonic() - began > 0.19
        supervisor.kill()
        assert supervisor.wait(10) == -signal.SIGKILL
        supervisor.kill()  # has no effect
    assert supervisor.returncode == -signal.SIGKILL


@pytest.mark.parametrize("attack", [signal.SIGKILL, signal.SIGSTOP])
def test_server_that_does_not_answer_is_replaced(
    attack: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor of the current program is then started as a new process."""
    monkeypatch.setattr(fork_server_client, "ANSWER_TIMEOUT_S", 0.5)
    assert run_code("print(1)\n").ending == "exit 0"
    server = get_server()
    os.kill(server.process.pid, attack)
    with start_supervisor(FALLBACK, {}, fork_server_command()) as supervisor:
        assert supervisor.stdout
        assert supervisor.stdout.read() == b"new process\n"
    assert has_ended(server)
    assert run_code("print(2)\n").ending == "exit 0"
    assert get_server() is not server


def test_program_that_kills_the_server_does_not_harm_its_own_supervisor() -> None:
    run = run_code("""
        import os, signal
        def parent(pid):
            stat = open(f"/proc/{pid}/stat").read()
            return int(stat.rpartition(")")[2].split()[1])
        os.kill(parent(parent(os.getppid())), signal.SIGKILL)
        print("killed it")
    """)
    assert (run.ending, [line.text for line in run.lines]) == ("exit 0", ["killed it"])
    assert has_ended(get_server())
    assert run_code("print(1)\n").ending == "exit 0"


def test_supervisor_that_cannot_be_forked_leaves_no_file_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For example, the kernel may lack pidfd_open(2), which is simulated."""

    def refuse(pid: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    # The first start also compiles modules, which opens files for a moment.
    start_supervisor(FALLBACK, {}, fork_server_command()).communicate()  # type: ignore[union-attr]
    before = len(os.listdir("/proc/self/fd"))
    with start_supervisor(FALLBACK, {}, fork_server_command()) as supervisor:
        assert isinstance(supervisor, subprocess.Popen)
    assert len(os.listdir("/proc/self/fd")) <= before + 1  # the socket of the server


def test_server_ends_when_it_is_closed() -> None:
    server = ForkServer(fork_server_command(), {})
    with server.spawn() as supervisor:
        server.close()
        assert has_ended(server)
        supervisor.kill()
        assert supervisor.wait() is None  # only the server knew its exit code


def test_server_that_ends_during_a_request_raises_immediately() -> None:
    code = "import socket; socket.recv_fds(socket.socket(fileno=0), 16, 2)"
    server = ForkServer([sys.executable, "-c", code], {})
    with pytest.raises(ConnectionError, match="no answer"):
        server.spawn()
    assert has_ended(server)


@pytest.mark.parametrize(
    "end", ["pass", "import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), 9)"]
)
def test_server_ends_with_the_process_that_started_it(end: str, tmp_path: Path) -> None:
    token = f"server-{os.getpid()}"
    script = tmp_path / token / "supervisor" / "__main__.py"
    shutil.copytree(paths.SUPERVISOR, script.parent)
    code = (
        "import sys; from snippet_engine.execution.fork_server_client import ForkServer;"
        "server = ForkServer([sys.executable, '-I', '-S', sys.argv[1], 'fork-server'], {});"
        f"print(server.spawn().pid, flush=True); {end}"
    )
    command = [sys.executable, "-c", code, str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert int(process.stdout.readline())
    assert is_gone(token), find_processes(token)


def test_fork_of_this_process_gets_its_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fork, which is simulated, must not receive the answers to this process."""
    assert run_code("print(1)\n").ending == "exit 0"
    server = get_server()
    monkeypatch.setattr(os, "getpid", lambda: 0)
    assert run_code("print(2)\n").ending == "exit 0"
    assert len(fork_server_client._servers) == 2
    assert server in fork_server_client._servers.values()
