"""Programs that would harm the build: each is contained, shown, and gone afterwards.

Each runs in a sandbox, where there is one, and without, beside a good program that
must not notice.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.hostile_programs import TABLE, Hostile, MiB
from helpers.processes import children, gone, needs_proc
from helpers.programs import snippet_of

from snippet_engine.execution import paths, sandbox
from snippet_engine.execution import supervisor_client as supervising
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run

# How much longer than its limit a run may take on a machine that does much else, seconds.
GRACE = 20.0

pytestmark = needs_proc


# A few of each kind, here in a sandbox and there without, are soon seen; all of them take a while.
QUICK = {
    *("flood-of-stdout-walls", "html-none"),
    *("memory-hog-none", "file-hog-walls", "fork-bomb-walls"),
    *("detached-daemon-none", "ignored-signals-walls", "segfault-walls"),
    *("closes-every-descriptor-walls", "deletes-all-it-can-write-none"),
    *("kills-its-parent-none", "stops-its-parent-walls", "kills-everybody-walls"),
}
needs_walls = pytest.mark.skipif(not sandbox.is_enabled(), reason="no bubblewrap that works")
CASES = [
    pytest.param(
        hostile,
        walled,
        id=(id := f"{hostile.id}-{'walls' if walled else 'none'}"),
        marks=[needs_walls] * walled + [pytest.mark.slow] * (id not in QUICK),
    )
    for hostile in TABLE
    for walled in (True, False)
    if walled or not hostile.walled_only
]
GOOD = snippet_of("import time\nprint('good')\ntime.sleep(0.5)\nprint('end')\n")


@pytest.mark.parametrize(("hostile", "walled"), CASES)
def test_a_hostile_program_is_contained(
    hostile: Hostile, walled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as it must within its limits, is shown, leaves nothing, and harms nobody."""
    if not walled:
        monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    assert sandbox.is_enabled() is walled  # without walls some would kill whoever runs the tests
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # its name is in every process's home
    monkeypatch.setattr(supervising, "GRACE", 5.0)
    others = children()
    bounds = {"seconds": 20.0, "memory": 256 * MiB, "files": 8 * MiB, "names": 500}
    limits = Limits(**{**bounds, **hostile.limits})
    good: list[Run] = []
    beside = threading.Thread(target=lambda: good.append(execute(GOOD)))
    beside.start()
    snippet = snippet_of(hostile.code.rstrip() + "\n")
    began = time.monotonic()
    run = execute(snippet, limits=limits)
    took = time.monotonic() - began
    beside.join()

    assert run.ending in hostile.endings, [line.text for line in run.lines][-5:]
    said = [line.text for line in run.lines]
    for text in hostile.says:
        assert any(text in line for line in said), said[-5:]
    assert took < limits.seconds + GRACE
    assert len(run.lines) <= limits.lines
    assert sum(len(line.text) for line in run.lines) <= 6 * limits.bytes  # "\x80" for a byte
    assert gone(str(tmp_path))
    assert children() <= others
    assert os.listdir(tmp_path) == []

    page = Page(render_panel(snippet, run))
    [(section, text)] = page.all("section")
    assert section["data-ending"] == run.ending
    assert f"Ending{run.ending}" in text
    assert not page.all("script")
    assert len(page.all("li", "line")) == len(run.lines)

    [beside_run] = good
    assert (beside_run.ending, [line.text for line in beside_run.lines]) == (
        "exit 0",
        ["good", "end"],
    )


@pytest.mark.slow
def test_a_thousand_threads_are_shown() -> None:
    """They run, and each is known as a worker."""
    snippet = snippet_of(next(row for row in TABLE if row.id == "a-thousand-threads").code)
    run = execute(snippet)
    assert run.ending == "exit 0"
    assert sum(worker.kind == "thread" for worker in run.workers) == 1000


@pytest.mark.parametrize("deed", ["SIGSTOP", "SIGKILL"])
def test_a_program_may_be_quicker_than_what_starts_it(
    deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine it attacks its parent before that has told of the start."""
    (tmp_path / "__main__.py").write_text(
        "import os, runpy, time\n"
        "def slow(fork=os.fork):\n"
        "    pid = fork()\n"
        "    time.sleep(0.3 if pid else 0)\n"
        "    return pid\n"
        "os.fork = slow\n"
        f"runpy.run_path({str(paths.SUPERVISOR)!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(paths, "SUPERVISOR", tmp_path)
    monkeypatch.setenv("SNIPPETS_SANDBOX", "none")
    monkeypatch.setattr(supervising, "GRACE", 2.0)
    code = f"import os, signal\nos.kill(os.getppid(), signal.{deed})\nraise SystemExit(3)\n"
    run = execute(snippet_of(code), limits=Limits(seconds=2))
    assert run.ending == "exit 3"
    assert [worker.name for worker in run.workers] == ["main"]
