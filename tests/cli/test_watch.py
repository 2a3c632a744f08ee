"""`snippets run --watch`: a run after each save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from helpers.processes import is_gone
from helpers.programs import build_text
from helpers.repository import ROOT

from snippet_engine.__main__ import main
from snippet_engine.cli import run, watch
from snippet_engine.cli.common import EXIT_BROKEN_PIPE
from snippet_engine.cli.watch import RunProcess, stop_command


def make_program(text: str) -> str:
    """Return a snippet that prints `text`, which is recorded."""
    return build_text(f"print('{text}')\n", recording=f"#: output\n#> {text}\n")


def save_in_place(path: Path, text: str) -> None:
    """Save like an editor that writes into the file in pieces."""
    with path.open("w") as file:
        for part in (text[:20], text[20:]):
            file.write(part)
            file.flush()
            time.sleep(0.02)


def save_by_rename(path: Path, text: str) -> None:
    """Save like an editor that writes another file and renames it."""
    other = path.with_name("4913")
    other.write_text(text)
    os.replace(other, path)


def save_with_backup(path: Path, text: str) -> None:
    """Save like an editor that renames the old file first."""
    path.rename(path.with_name("x.py~"))
    path.write_text(text)


class Watcher:
    """`snippets run --watch` on a file, and its output."""

    def __init__(self, path: Path) -> None:
        self.printed = path.with_name("printed")
        with self.printed.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "snippet_engine", "run", str(path), "--watch"],
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": str(path.parent)},
                preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
            )

    def runs(self) -> list[str]:
        """Return the output of each completed run."""
        return self.printed.read_text().split("press Ctrl-C to stop.\n")[:-1]

    def wait_for(self, text: str, within: float = 60.0) -> None:
        """Wait until a run has printed `text`."""
        deadline = time.monotonic() + within
        while not any(text in run for run in self.runs()):
            assert self.process.poll() is None, self.printed.read_text()
            assert time.monotonic() < deadline, self.printed.read_text()
            time.sleep(0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A snippet in its own folder."""
    path = tmp_path / "x.py"
    path.write_text(make_program("first"))
    return path


@pytest.fixture
def watcher(path: Path) -> Iterator[Watcher]:
    """A watcher of that snippet which has run it once."""
    watcher = Watcher(path)
    try:
        watcher.wait_for("first")
        yield watcher
    finally:
        watcher.process.kill()
        watcher.process.wait()


@pytest.mark.parametrize(
    "save",
    [
        save_by_rename,
        pytest.param(save_in_place, marks=pytest.mark.slow),
        pytest.param(save_with_backup, marks=pytest.mark.slow),
    ],
)
def test_each_save_starts_a_run(
    save: Callable[[Path, str], None], path: Path, watcher: Watcher
) -> None:
    for text in ("second", "third"):
        save(path, make_program(text))
        watcher.wait_for(f"   {text}\n")
    time.sleep(0.5)  # time for a wrong further run to begin
    assert len(watcher.runs()) <= 5
    assert "third" in watcher.runs()[-1]


@pytest.mark.slow
def test_watch_continues_after_broken_metadata_and_a_deleted_file(
    path: Path, watcher: Watcher
) -> None:
    save_by_rename(path, make_program("second").replace("# title", "# titlex"))
    watcher.wait_for("x.py:3: unknown key 'titlex'")
    path.unlink()
    watcher.wait_for("there is no snippet")
    path.write_text(make_program("third"))
    watcher.wait_for("   third\n")


@pytest.mark.slow
def test_ctrl_c_during_a_run_stops_the_watch(path: Path, watcher: Watcher) -> None:
    """No traceback is printed, and no process or folder remains."""
    path.write_text(build_text("import time\nwhile True: time.sleep(1)\n", head="stops = 25"))
    deadline = time.monotonic() + 60
    while not list(path.parent.glob("snippet-*/events")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    watcher.process.send_signal(signal.SIGINT)
    assert watcher.process.wait(60) == 130
    assert "Traceback" not in watcher.printed.read_text()
    assert is_gone(str(path.parent))
    assert not list(path.parent.glob("snippet-*"))


def test_save_stops_the_current_run(path: Path, watcher: Watcher) -> None:
    """An endless program does not delay the next run."""
    path.write_text(build_text("import time\nwhile True: time.sleep(1)\n", head="stops = 25"))
    deadline = time.monotonic() + 60
    while not list(path.parent.glob("snippet-*/events")) and time.monotonic() < deadline:
        time.sleep(0.05)
    [running] = path.parent.glob("snippet-*")
    save_by_rename(path, make_program("second"))
    watcher.wait_for("   second\n", within=15)  # less than the 25 s of the program
    assert not running.exists()


def test_broken_file_is_reported_at_each_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With --json, standard output stays empty."""
    path = tmp_path / "x.py"
    path.write_text("no head\n")

    def run_twice(_: Path, start: Callable[[], RunProcess], end: Callable[[int], None]) -> None:
        for _ in range(2):
            process = start()
            end(process.wait(60))
            stop_command(process)

    monkeypatch.setattr(run, "watch", run_twice)
    assert main(["run", str(path), "--watch"]) == 0
    printed = capfd.readouterr()
    assert printed.out.count("Watching ") == 2
    assert printed.err.count("the first line must be") == 2
    assert main(["run", str(path), "--watch", "--json"]) == 0
    assert capfd.readouterr().out == ""


def test_run_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "STOP_TIMEOUT", 0.2)
    run = subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.PIPE)
    stop_command(run)
    assert run.returncode == -signal.SIGKILL


def test_broken_pipe_stops_the_watch(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "watch", lambda _, start, end: end(EXIT_BROKEN_PIPE))
    assert main(["run", str(path), "--watch", "--json"]) == EXIT_BROKEN_PIPE
