"""Programs that would harm the build: each is contained, shown, and leaves nothing behind.

Each runs with and without the sandbox, concurrently with a harmless program that must not
be affected.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.hostile_programs import TABLE, HostileProgram, MiB
from helpers.processes import is_gone, list_children, needs_proc
from helpers.programs import build_snippet
from helpers.supervisors import replace_supervisor

from snippet_engine.execution import sandbox, supervisor_client
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run

# Seconds that a run may take longer than its limit on a busy machine.
GRACE_S = 20.0

pytestmark = needs_proc


# The quick tests run a few of each kind, either in the sandbox or without.
QUICK = {
    *("flood-of-stdout-sandbox", "html-none"),
    *("memory-hog-none", "file-hog-sandbox", "fork-bomb-sandbox"),
    *("detached-daemon-none", "ignored-signals-sandbox", "segfault-sandbox"),
    *("closes-every-descriptor-sandbox", "deletes-all-it-can-write-none"),
    *("kills-its-parent-none", "stops-its-parent-sandbox", "kills-every-process-sandbox"),
}
needs_sandbox = pytest.mark.skipif(not sandbox.is_enabled(), reason="needs a working bubblewrap")
CASES = [
    pytest.param(
        hostile,
        is_sandboxed,
        id=(id := f"{hostile.id}-{'sandbox' if is_sandboxed else 'none'}"),
        marks=[needs_sandbox] * is_sandboxed + [pytest.mark.slow] * (id not in QUICK),
    )
    for hostile in TABLE
    for is_sandboxed in (True, False)
    if is_sandboxed or not hostile.needs_sandbox
]
HARMLESS = build_snippet("import time\nprint('begin')\ntime.sleep(0.5)\nprint('end')\n")


@pytest.mark.parametrize(("hostile", "is_sandboxed"), CASES)
def test_hostile_program_is_contained(
    hostile: HostileProgram, is_sandboxed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sandboxed:
        monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    assert sandbox.is_enabled() is is_sandboxed  # without it some would kill the tests
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # it is part of HOME in all processes
    monkeypatch.setattr(supervisor_client, "GRACE_S", 5.0)
    others = list_children()
    defaults = {
        "seconds": 20.0,
        "memory_bytes": 256 * MiB,
        "disk_bytes": 8 * MiB,
        "disk_names": 500,
    }
    limits = Limits(**{**defaults, **hostile.limits})
    harmless_runs: list[Run] = []
    thread = threading.Thread(target=lambda: harmless_runs.append(execute(HARMLESS)))
    thread.start()
    snippet = build_snippet(hostile.code.rstrip() + "\n")
    began = time.monotonic()
    run = execute(snippet, limits=limits)
    seconds = time.monotonic() - began
    thread.join()

    assert run.ending in hostile.exit_statuses, [line.text for line in run.lines][-5:]
    lines = [line.text for line in run.lines]
    for text in hostile.prints:
        assert any(text in line for line in lines), lines[-5:]
    assert seconds < limits.seconds + GRACE_S
    assert len(run.lines) <= limits.output_lines
    assert sum(len(line.text) for line in run.lines) <= 6 * limits.output_bytes  # "\x80" for a byte
    assert is_gone(str(tmp_path))
    assert list_children() <= others
    assert os.listdir(tmp_path) == []

    page = Page(render_panel(snippet, run))
    [(section, text)] = page.find_all("section")
    assert section["data-ending"] == run.ending
    assert f"Ending{run.ending}" in text
    assert not page.find_all("script")
    assert len(page.find_all("li", "line")) == len(run.lines)

    [harmless_run] = harmless_runs
    assert harmless_run.ending == "exit 0"
    assert [line.text for line in harmless_run.lines] == ["begin", "end"]


@pytest.mark.slow
def test_thousand_threads_are_traced() -> None:
    snippet = build_snippet(next(row for row in TABLE if row.id == "a-thousand-threads").code)
    run = execute(snippet)
    assert run.ending == "exit 0"
    assert sum(worker.kind == "thread" for worker in run.workers) == 1000


@pytest.mark.parametrize("attack", ["SIGSTOP", "SIGKILL"])
def test_program_may_attack_its_guard_before_that_has_reported_the_start(
    attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy machine, which is simulated."""
    code = """
        import os, time
        def fork_slowly(fork=os.fork):
            pid = fork()
            time.sleep(0.3 if pid else 0)
            return pid
        os.fork = fork_slowly
        run_real()
    """
    replace_supervisor(code, tmp_path, monkeypatch)
    monkeypatch.setattr(supervisor_client, "GRACE_S", 2.0)
    code = f"import os, signal\nos.kill(os.getppid(), signal.{attack})\nraise SystemExit(3)\n"
    run = execute(build_snippet(code), limits=Limits(seconds=2))
    assert run.ending == "exit 3"
    assert [worker.name for worker in run.workers] == ["main"]
