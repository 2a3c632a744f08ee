"""Listing, measuring and killing of the processes below a supervisor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest
from helpers.processes import is_gone, needs_proc, wait_until
from helpers.supervisors import run_like_supervisor

from snippet_engine.execution.supervisor import process_tree
from snippet_engine.execution.supervisor.process_tree import (
    is_runnable,
    iter_descendants,
    measure_memory,
)

pytestmark = needs_proc


def test_children_of_all_threads_are_listed_with_their_threads() -> None:
    def start() -> None:
        code = "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()"
        processes.append(subprocess.Popen([sys.executable, "-c", code]))
        started.set()
        done.wait()

    processes: list[subprocess.Popen[bytes]] = []
    started, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=start)  # it must live: it is the parent
    thread.start()
    started.wait()
    [process] = processes
    try:
        assert wait_until(lambda: len(dict(iter_descendants()).get(process.pid, [])) == 2)
    finally:
        process.kill()
        process.wait()
        done.set()
        thread.join()


def test_parents_are_listed_first_and_zombies_too() -> None:
    output = run_like_supervisor("""
        import os, time
        from supervisor.process_tree import iter_descendants
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            grandchild = os.fork()
            if not grandchild:
                os._exit(0)
            os.waitid(os.P_PID, grandchild, os.WEXITED | os.WNOWAIT)
            os.write(writer, str(grandchild).encode())
            time.sleep(60)
        grandchild = int(os.read(reader, 32))
        print([pid for pid, _ in iter_descendants()] == [child, grandchild])
        os.kill(child, 9)
    """)
    assert output == "True\n"


def test_computing_process_is_runnable_and_sleeping_one_is_not() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        assert wait_until(lambda: is_runnable(process.pid))
        process.kill()
    with subprocess.Popen(["sleep", "60"]) as process:
        assert wait_until(lambda: not is_runnable(process.pid))
        process.kill()
    assert not is_runnable(process.pid)


def test_all_descendants_are_killed_and_reaped() -> None:
    """Also detached orphans, and those that ignore signals."""
    token = f"tree-{os.getpid()}"
    output = run_like_supervisor(f"""
        import os, signal, sys, time
        from supervisor.process_tree import PR_SET_CHILD_SUBREAPER, kill_descendants, prctl
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        reader, writer = os.pipe()
        for _ in range(3):
            if not os.fork():
                os.setsid()
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if os.fork():
                    os._exit(0)
                os.set_inheritable(writer, True)
                code = f"import os, time; os.write({{writer}}, b'.'); time.sleep(60)"
                os.execv(sys.executable, [sys.executable, "-c", code, "{token}"])
        for _ in range(3):
            os.read(reader, 1)
        kill_descendants()
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no children")
    """)
    assert output == "no children\n"
    assert is_gone(token)


def test_shared_memory_is_counted_once_when_the_limit_is_exceeded() -> None:
    output = run_like_supervisor("""
        import json, os, time
        from supervisor.process_tree import measure_memory
        block = bytearray(b"x" * (32 << 20))
        reader, writer = os.pipe()
        pids = [os.getpid()]
        for _ in range(2):
            pid = os.fork()
            if not pid:
                os.write(writer, b".")
                time.sleep(60)
            os.read(reader, 1)
            pids.append(pid)
        print(json.dumps([measure_memory(pids, limit) >> 20 for limit in (1 << 30, 64 << 20)]))
        for pid in pids[1:]:
            os.kill(pid, 9)
    """)
    per_process, divided = json.loads(output)
    assert per_process >= 96
    assert 32 <= divided < 64


def test_memory_of_an_ended_process_is_zero() -> None:
    assert measure_memory([999999999], 0) == 0


def test_memory_is_not_divided_where_the_kernel_does_not_divide_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        process_tree, "_sum_lines", lambda path, names: 5000 if path.endswith("/status") else 0
    )
    assert measure_memory([1, 2], 4000) == 10_000


def test_killing_gives_up_after_a_while() -> None:
    """A process stuck in the kernel cannot be killed; kill(2) without effect simulates it."""
    began = time.monotonic()
    output = run_like_supervisor("""
        import os, time
        from supervisor import process_tree
        pid = os.fork()
        if not pid:
            time.sleep(60)
        kill = os.kill
        os.kill = lambda *_: None
        os.killpg = lambda *_: None
        process_tree.KILL_TIMEOUT_S = 0.3
        process_tree.kill_descendants()
        kill(pid, 9)
        print("gave up")
    """)
    assert output == "gave up\n"
    assert time.monotonic() - began < 30
