"""`snippets run --watch`: again at each save, however it is saved."""

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
from helpers.processes import gone
from helpers.programs import text_of
from helpers.repository import ROOT

from snippet_engine.__main__ import main
from snippet_engine.cli import run, watch
from snippet_engine.cli.common import UNREAD
from snippet_engine.cli.watch import Run, end_run


def program(text: str) -> str:
    """A snippet that prints `text`, as recorded."""
    return text_of(f"print('{text}')\n", recording=f"#: output\n#> {text}\n")


def in_place(path: Path, text: str) -> None:
    """Save as an editor does that writes the file itself, in pieces."""
    with path.open("w") as file:
        for part in (text[:20], text[20:]):
            file.write(part)
            file.flush()
            time.sleep(0.02)


def by_rename(path: Path, text: str) -> None:
    """Save as an editor does that writes another file, and renames it."""
    other = path.with_name("4913")
    other.write_text(text)
    os.replace(other, path)


def with_backup(path: Path, text: str) -> None:
    """Save as an editor does that renames the old file away."""
    path.rename(path.with_name("x.py~"))
    path.write_text(text)


class Watcher:
    """`snippets run --watch` on a file, and what it has printed."""

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
        """What was printed at each run that is over."""
        return self.printed.read_text().split("Ctrl-C ends it.\n")[:-1]

    def wait_for(self, text: str, within: float = 60.0) -> None:
        """Wait until a run has printed `text`."""
        until = time.monotonic() + within
        while not any(text in run for run in self.runs()):
            assert self.process.poll() is None, self.printed.read_text()
            assert time.monotonic() < until, self.printed.read_text()
            time.sleep(0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A snippet in a folder of its own."""
    path = tmp_path / "x.py"
    path.write_text(program("first"))
    return path


@pytest.fixture
def watcher(path: Path) -> Iterator[Watcher]:
    """A watcher of that snippet, which has run it once; ended with the test."""
    watcher = Watcher(path)
    try:
        watcher.wait_for("first")
        yield watcher
    finally:
        watcher.process.kill()
        watcher.process.wait()


@pytest.mark.parametrize(
    "save",
    [by_rename, *(pytest.param(one, marks=pytest.mark.slow) for one in (in_place, with_backup))],
)
def test_each_save_is_run_again(
    save: Callable[[Path, str], None], path: Path, watcher: Watcher
) -> None:
    """Once for each, twice in a row."""
    for text in ("second", "third"):
        save(path, program(text))
        watcher.wait_for(f"   {text}\n")
    time.sleep(0.5)  # were there another run, it would have begun
    assert len(watcher.runs()) <= 5
    assert "third" in watcher.runs()[-1]


@pytest.mark.slow
def test_a_broken_head_and_a_lost_file_are_told_and_waited_on(path: Path, watcher: Watcher) -> None:
    """Once mended, it runs again."""
    by_rename(path, program("second").replace("# title", "# titlex"))
    watcher.wait_for("x.py:3: unknown key 'titlex'")
    path.unlink()
    watcher.wait_for("there is no snippet")
    path.write_text(program("third"))
    watcher.wait_for("   third\n")


@pytest.mark.slow
def test_ctrl_c_ends_it_in_the_middle_of_a_run(path: Path, watcher: Watcher) -> None:
    """Without a traceback; no child and no folder is left."""
    path.write_text(text_of("import time\nwhile True: time.sleep(1)\n", head="stops = 25"))
    until = time.monotonic() + 60
    while not list(path.parent.glob("snippet-*/events")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    watcher.process.send_signal(signal.SIGINT)
    assert watcher.process.wait(60) == 130
    assert "Traceback" not in watcher.printed.read_text()
    assert gone(str(path.parent))
    assert not list(path.parent.glob("snippet-*"))


def test_a_save_ends_the_run_under_way(path: Path, watcher: Watcher) -> None:
    """The next run need not wait for the end of an endless one, of which nothing is left."""
    path.write_text(text_of("import time\nwhile True: time.sleep(1)\n", head="stops = 25"))
    until = time.monotonic() + 60
    while not list(path.parent.glob("snippet-*/events")) and time.monotonic() < until:
        time.sleep(0.05)
    [running] = path.parent.glob("snippet-*")
    by_rename(path, program("second"))
    watcher.wait_for("   second\n", within=15)  # and not 25
    assert not running.exists()


def test_a_watched_file_that_is_broken_is_reported_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In JSON too, where nothing but the run is on standard output."""
    path = tmp_path / "x.py"
    path.write_text("no head\n")

    def twice(_: Path, start: Callable[[], Run], end: Callable[[int], None]) -> None:
        for _ in range(2):
            started = start()
            end(started.wait(60))
            end_run(started)

    monkeypatch.setattr(run, "watch", twice)
    assert main(["run", str(path), "--watch"]) == 0
    printed = capfd.readouterr()
    assert printed.out.count("Watching ") == 2
    assert printed.err.count("the first line must be") == 2
    assert main(["run", str(path), "--watch", "--json"]) == 0
    assert capfd.readouterr().out == ""


def test_a_run_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets a moment first."""
    monkeypatch.setattr(watch, "PATIENCE", 0.2)
    run = subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.PIPE)
    end_run(run)
    assert run.returncode == -signal.SIGKILL


def test_a_reader_that_goes_away_ends_the_watch(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Otherwise it would run on with no reader."""
    monkeypatch.setattr(run, "watch", lambda _, start, end: end(UNREAD))
    assert main(["run", str(path), "--watch", "--json"]) == UNREAD
