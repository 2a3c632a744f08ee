"""The sandbox: what a program can reach in it, and supervisors that are killed."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.processes import find_processes, is_gone, list_children, needs_proc
from helpers.programs import build_snippet, run_code, select_lines

from snippet_engine.errors import ExecutionError
from snippet_engine.execution import runner, sandbox
from snippet_engine.execution.runner import execute
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run

needs_sandbox = pytest.mark.skipif(not sandbox.is_enabled(), reason="needs a working bubblewrap")


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run programs without the sandbox."""
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")


@needs_sandbox
def test_network_is_a_private_loopback() -> None:
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
    lines = select_lines(run)
    assert lines[0] == "['lo']"
    assert "Connection refused" in lines[1]
    assert "unreachable" in lines[2]
    assert run.ending == "exit 0"


@needs_sandbox
def test_only_the_run_directory_and_tmpfs_are_writable(tmp_path: Path) -> None:
    """Kernel settings are read-only, too."""
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
    said = select_lines(run)
    assert said[0] == "False []"
    assert len(said) == 9
    assert set(said[1:]) <= {"OSError", "PermissionError", "FileNotFoundError"}
    assert not Path("/tmp/mine").exists()
    assert not Path("/dev/shm/mine").exists()


@needs_sandbox
def test_only_processes_of_the_sandbox_are_visible() -> None:
    """The supervisor is one of them, but it cannot be read or killed."""
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
    assert select_lines(run) == ["[1, 2, 3]", *["Permission denied"] * 3, "3"]


@needs_sandbox
def test_program_has_no_capabilities() -> None:
    run = run_code("""
        import ctypes, re
        print(re.findall(r"CapEff:\\s*(\\w+)", open("/proc/self/status").read()))
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.mount(b"none", b"/", None, 32 | 4096, None), libc.umount2(b"/tmp", 2))
    """)
    assert select_lines(run) == ["['0000000000000000']", "-1 -1"]


@needs_sandbox
def test_provenance_and_panel_name_the_sandbox() -> None:
    snippet = build_snippet("pass\n")
    run = execute(snippet)
    assert run.provenance.sandbox == sandbox.DESCRIPTION
    [(_, ground)] = Page(render_panel(snippet, run)).find_all("footer")
    assert "in a sandbox (bubblewrap: no network, files read-only outside its directory)" in ground


@pytest.mark.usefixtures("no_sandbox")
def test_run_without_the_sandbox_names_none() -> None:
    snippet = build_snippet("import os\nprint(os.getppid() > 3)\n")
    run = execute(snippet)
    assert (run.provenance.sandbox, select_lines(run)) == ("none", ["True"])
    assert "sandbox" not in render_panel(snippet, run)


@pytest.mark.parametrize("name", ["false", "no-program", "no-such-command"])
def test_bubblewrap_that_does_not_work_is_not_used(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


@needs_sandbox
def test_run_is_the_same_inside_and_outside_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snippet = build_snippet("""
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

    def shape(run: Run) -> object:
        workers = [(worker.id, worker.kind, worker.name, worker.parent) for worker in run.workers]
        waits = [
            (span.worker, span.reason)
            for span in run.spans
            # On a busy machine a thread may also wait briefly, for example at its exit.
            if span.state == "waiting" and span.ended - span.began > 0.1
        ]
        lines = [(line.stream, line.text, line.worker) for line in run.lines]
        return workers, waits, lines, run.ending

    assert shape(inside) == shape(outside)
    for run in (inside, outside):
        assert run.seconds > 0.8
        assert any(share > 0 for _, share in run.workers[0].shares), run.workers[0].shares


@needs_proc
@pytest.mark.parametrize("is_sandboxed", [pytest.param(True, marks=needs_sandbox), False])
def test_killed_supervisor_is_an_error_and_leaves_no_process(
    is_sandboxed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sandboxed:
        monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = list_children()

    def kill() -> None:
        while len(find_processes("TMPDIR=" + str(tmp_path))) < 2:
            time.sleep(0.01)
        [supervisor] = list_children() - before
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
    assert is_gone(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_program_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "build_command", lambda *_: ["/no/such/program"])
    with pytest.raises(ExecutionError, match=r"could not be started: .*No such file"):
        run_code("pass\n")
