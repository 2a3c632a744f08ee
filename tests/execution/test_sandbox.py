"""What a program may see and touch, and what a run says of that."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.processes import children, gone, living, needs_proc
from helpers.programs import printed, run_code, snippet_of

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import paths, sandbox
from snippet_engine.execution import runner as execution
from snippet_engine.execution import supervisor_client as supervising
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.rendering.panel import render_panel

needs_walls = pytest.mark.skipif(not sandbox.is_enabled(), reason="no bubblewrap that works")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sandbox, though there were one."""
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


@needs_walls
def test_a_program_has_no_network_but_its_own() -> None:
    """It reaches a server of its own on the loopback, and none of this machine."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        run = run_code(f"""
            import socket
            with socket.create_server(("127.0.0.1", 0)) as own:
                socket.create_connection(own.getsockname()).close()
            print([name for _, name in socket.if_nameindex()])
            try:
                socket.create_connection(("127.0.0.1", {server.getsockname()[1]}))
            except ConnectionRefusedError as error:
                print(error)
            try:
                socket.create_connection(("192.0.2.1", 80), timeout=5)
            except OSError as error:
                print(error)
        """)
    lines = printed(run)
    assert lines[0] == "['lo']"
    assert "Connection refused" in lines[1]
    assert "unreachable" in lines[2]
    assert run.ending == "exit 0"


@needs_walls
def test_a_program_writes_in_its_own_folders_only(tmp_path: Path) -> None:
    """Elsewhere files are read-only, the kernel's settings too; /tmp is the program's own."""
    run = run_code(f"""
        import os, tempfile
        for folder in (".", os.environ["HOME"], tempfile.gettempdir(), "/tmp", "/dev/shm"):
            open(f"{{folder}}/mine", "w").close()
        print(os.path.exists({str(tmp_path)!r}), os.listdir("/run"))
        for name in ("/etc/mine", "/root/mine", "/dev/mine", "/run/mine", "/sys/mine",
                     "/proc/sys/kernel/core_pattern", {__file__!r}, os.__file__):
            try:
                open(name, "a")
                print("written:", name)
            except OSError as error:
                print(type(error).__name__)
    """)
    said = printed(run)
    assert said[0] == "False []"
    assert len(said) == 9
    assert set(said[1:]) <= {"OSError", "PermissionError", "FileNotFoundError"}
    assert not Path("/tmp/mine").exists()
    assert not Path("/dev/shm/mine").exists()


@needs_walls
def test_a_program_sees_no_process_but_its_own() -> None:
    """Not the builder's, so not its variables either; and it cannot reach into its supervisor."""
    run = run_code("""
        import os
        print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
        for name in ("mem", "environ", "fd/1"):
            try:
                open(f"/proc/1/{name}", "r+b")
            except OSError as error:
                print(error.strerror)
        os.kill(1, 9)
        print(os.getpid())
    """)
    assert printed(run) == ["[1, 2, 3]", *["Permission denied"] * 3, "3"]


@needs_walls
def test_a_program_has_no_rights_of_root() -> None:
    """Whoever builds, the program has no capability and can mount nothing."""
    run = run_code("""
        import ctypes, re
        print(re.findall(r"CapEff:\\s*(\\w+)", open("/proc/self/status").read()))
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.mount(b"none", b"/", None, 32 | 4096, None), libc.umount2(b"/tmp", 2))
    """)
    assert printed(run) == ["['0000000000000000']", "-1 -1"]


@needs_walls
def test_a_run_says_that_it_was_in_a_sandbox() -> None:
    """The provenance names what it was kept from, and the panel says so."""
    snippet = snippet_of("pass\n")
    run = execute(snippet)
    assert run.provenance.sandbox == sandbox.DESCRIPTION
    [(_, ground)] = Page(render_panel(snippet, run)).all("footer")
    assert "in a sandbox (bubblewrap: no network, files read-only outside its directory)" in ground


@pytest.mark.usefixtures("bare")
def test_a_run_without_a_sandbox_says_so() -> None:
    """The provenance says none, and the panel claims nothing."""
    snippet = snippet_of("import os\nprint(os.getppid() > 3)\n")
    run = execute(snippet)
    assert (run.provenance.sandbox, printed(run)) == ("none", ["True"])
    assert "sandbox" not in render_panel(snippet, run)


@pytest.mark.parametrize("name", ["false", "no-program", "no-such-command"])
def test_a_bubblewrap_that_does_not_work_is_not_used(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is missing or refused, programs run without it."""
    if name == "false":
        (tmp_path / "bwrap").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bwrap").chmod(0o755)
    if name == "no-program":
        (tmp_path / "bwrap").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.is_available.cache_clear()
    try:
        assert not sandbox.is_available()
        assert run_code("print(1)\n").provenance.sandbox == "none"
    finally:
        sandbox.is_available.cache_clear()


@needs_walls
def test_seconds_lines_and_workers_are_the_same_in_a_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is drawn of a program does not depend on where it ran."""
    snippet = snippet_of("""
        import multiprocessing, threading, time
        def work():
            time.sleep(0.3)
            print("worked")
        if __name__ == "__main__":
            # How often main and a fork server wait for each other is left to chance.
            for kind in (threading.Thread, multiprocessing.get_context("fork").Process):
                worker = kind(target=work)
                worker.start()
                worker.join()
            while time.process_time() < 0.3: pass
    """)
    inside = execute(snippet)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    outside = execute(snippet)

    def shape(run: execution.Run) -> object:
        workers = [(worker.id, worker.kind, worker.name, worker.parent) for worker in run.workers]
        waits = [(span.worker, span.reason) for span in run.spans if span.state == "waiting"]
        lines = [(line.stream, line.text, line.worker) for line in run.lines]
        return workers, waits, lines, run.ending

    assert shape(inside) == shape(outside)
    for run in (inside, outside):
        assert run.seconds > 0.8
        assert any(share > 0 for _, share in run.workers[0].shares), run.workers[0].shares


@needs_proc
@pytest.mark.parametrize("walled", [pytest.param(True, marks=needs_walls), False])
def test_a_supervisor_that_is_killed_is_told_and_takes_its_family_along(
    walled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed from outside: an error at once, not a hang, and no process left."""
    if not walled:
        monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = children()

    def kill() -> None:
        while len(living("TMPDIR=" + str(tmp_path))) < 2:
            time.sleep(0.01)
        [supervisor] = children() - before
        os.kill(supervisor, 9)

    killer = threading.Thread(target=kill)
    killer.start()
    began = time.monotonic()
    with pytest.raises(ExecutionError, match=r"ended early \(-9\)"):
        run_code("""
            import os, time
            os.fork()
            if os.fork() == 0: os.setsid()
            time.sleep(60)
        """)
    killer.join()
    assert time.monotonic() - began < 15
    assert gone(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of it is in the error."""
    monkeypatch.setattr(execution, "build_command", lambda *_: ["/no/such/program"])
    with pytest.raises(ExecutionError, match=r"could not be started: .*No such file"):
        run_code("pass\n")


def test_a_silent_supervisor_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers nothing long after its limits is killed and told."""
    (tmp_path / "__main__.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(paths, "SUPERVISOR", tmp_path)
    monkeypatch.setattr(supervising, "GRACE", 0.5)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    with pytest.raises(ExecutionError, match=r"ended early \(-9\)"):
        execute(snippet_of("pass\n"), limits=Limits(seconds=0.2))
