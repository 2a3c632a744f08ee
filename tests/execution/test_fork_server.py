"""Supervisors are forked by a server, and started by themselves where there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.processes import children, gone, living, needs_proc, only
from helpers.programs import run_code

from snippet_engine.execution import fork_server_client as starting
from snippet_engine.execution import paths
from snippet_engine.execution.fork_server_client import Forked, Server, start

pytestmark = needs_proc
FORKING = paths.SUPERVISOR / "forking.py"
ALONE = [sys.executable, "-c", "print('by itself')"]


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is there yet, and no walls are."""
    monkeypatch.setattr(starting, "_servers", {})
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


def pid_of(server: Server) -> int:
    return server._process.pid


def the_server() -> Server:
    [server] = starting._servers.values()
    return server


def has_ended(server: Server) -> bool:
    return server._process.wait(30) is not None


def test_programs_share_a_server() -> None:
    """One is started for the first, and serves the others; no supervisor is left."""
    others = children()
    runs = [run_code(f"print({n})\n") for n in range(3)]
    assert [run.lines[0].text for run in runs] == ["0", "1", "2"]
    assert pid_of(the_server())
    assert only(others)


def test_a_supervisor_is_no_new_interpreter() -> None:
    """It is a fork of its server, in a session of its own."""
    with start(ALONE, {}, FORKING) as supervisor:
        assert isinstance(supervisor, Forked)
        command = Path(f"/proc/{supervisor._pid}/cmdline").read_text().split("\0")
        assert str(FORKING) in command
        until = time.monotonic() + 10
        while os.getsid(supervisor._pid) != supervisor._pid and time.monotonic() < until:
            time.sleep(0.01)
        assert os.getsid(supervisor._pid) == supervisor._pid
    assert supervisor.returncode == 1  # it was asked nothing


def test_one_that_is_killed_is_waited_for_and_told() -> None:
    """As `subprocess` tells it; and nobody waits longer than he wants to."""
    with start(ALONE, {}, FORKING) as supervisor:
        with pytest.raises(subprocess.TimeoutExpired):
            supervisor.wait(0.05)
        supervisor.kill()
        assert supervisor.wait(10) == -signal.SIGKILL
        supervisor.kill()  # which changes nothing
    assert supervisor.returncode == -signal.SIGKILL


@pytest.mark.parametrize("deed", [signal.SIGKILL, signal.SIGSTOP])
def test_where_the_server_does_not_answer_a_supervisor_starts_by_itself(
    deed: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That server is ended, and the next program gets another."""
    monkeypatch.setattr(starting, "PATIENCE", 0.5)
    assert run_code("print(1)\n").ending == "exit 0"
    server = the_server()
    os.kill(pid_of(server), deed)
    with start(ALONE, {}, FORKING) as supervisor:
        assert supervisor.stdout
        assert supervisor.stdout.read() == b"by itself\n"
    assert has_ended(server)
    assert run_code("print(2)\n").ending == "exit 0"
    assert the_server() is not server


def test_a_program_may_kill_the_server() -> None:
    """It is a process like others. The program's own supervisor goes on."""
    run = run_code("""
        import os, signal
        def parent(pid):
            stat = open(f"/proc/{pid}/stat").read()
            return int(stat.rpartition(")")[2].split()[1])
        os.kill(parent(parent(os.getppid())), signal.SIGKILL)
        print("killed it")
    """)
    assert (run.ending, [line.text for line in run.lines]) == ("exit 0", ["killed it"])
    assert has_ended(the_server())
    assert run_code("print(1)\n").ending == "exit 0"


def test_a_supervisor_that_cannot_be_forked_leaves_no_file_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the kernel knows no pidfd_open(2), too, which is injected."""

    def refused(pid: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refused)
    start(ALONE, {}, FORKING).communicate()  # type: ignore[union-attr] # the first compiles
    files = len(os.listdir("/proc/self/fd"))
    with start(ALONE, {}, FORKING) as supervisor:
        assert isinstance(supervisor, subprocess.Popen)
    assert len(os.listdir("/proc/self/fd")) <= files + 1  # the socket of the server


def test_a_server_that_is_closed_ends() -> None:
    """As it does when this process ends."""
    server = Server(FORKING, {})
    with server.fork() as supervisor:
        server.close()
        assert has_ended(server)
        supervisor.kill()
        assert supervisor.wait() is None  # nobody is there who would know


def test_a_server_that_ends_while_it_is_asked_is_none(tmp_path: Path) -> None:
    """Whoever asked is told at once, and does not wait."""
    script = tmp_path / "forking.py"
    script.write_text("import socket\nsocket.recv_fds(socket.socket(fileno=0), 16, 2)\n")
    server = Server(script, {})
    with pytest.raises(ConnectionError, match="no answer"):
        server.fork()
    assert has_ended(server)


@pytest.mark.parametrize(
    "ends", ["pass", "import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), 9)"]
)
def test_it_ends_with_whoever_started_it(ends: str, tmp_path: Path) -> None:
    """However that one ends."""
    token = f"server-{os.getpid()}"
    folder = tmp_path / token
    folder.mkdir()
    for path in paths.SUPERVISOR.glob("*.py"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path;"
        "from snippet_engine.execution.fork_server_client import Server;"
        f"s = Server(Path(sys.argv[1]), {{}}); f = s.fork(); print(f._pid, flush=True); {ends}"
    )
    command = [sys.executable, "-c", code, str(folder / "forking.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert int(process.stdout.readline())
    assert gone(token), living(token)


def test_each_process_has_a_server_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork of this one, which is injected, does not take this one's answers."""
    assert run_code("print(1)\n").ending == "exit 0"
    server = the_server()
    monkeypatch.setattr(os, "getpid", lambda: 0)
    assert run_code("print(2)\n").ending == "exit 0"
    assert len(starting._servers) == 2
    assert server in starting._servers.values()
