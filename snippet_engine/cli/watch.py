"""Repetition of a command after each save of a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

SAVE_EVENTS = (EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED)
QUIET_PERIOD = 0.1  # seconds without an event that end a save: editors cause several events
STOP_TIMEOUT = 5.0  # seconds in which a run must kill its program and delete its files

_CHILD = """\
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from snippet_engine.__main__ import main
from snippet_engine.cli.watch import interrupt_at_end_of_input
interrupt_at_end_of_input()
sys.exit(main(sys.argv[3:], pathlib.Path(sys.argv[2])))
"""

RunProcess = subprocess.Popen[bytes]


def watch(path: Path, start: Callable[[], RunProcess], end: Callable[[int], None]) -> None:
    """Call `start` now and after each save of the file `path`; never return.

    A save ends the current run. If the run ends before the next save, `end` is called with
    its exit status. The folder of the file is watched, because many editors write another
    file and rename it. Raise OSError if it cannot be watched, and any exception of `end`.
    """
    events: SimpleQueue[RunProcess | None] = SimpleQueue()  # None for a save
    observer = Observer()
    observer.schedule(_SaveHandler(path.name, events), str(path.parent), recursive=False)
    observer.daemon = True
    observer.start()
    try:
        while True:
            run = start()
            threading.Thread(target=_report_end, args=(run, events), daemon=True).start()
            try:
                while ended := events.get():
                    if ended is run:
                        end(run.returncode)
            finally:
                stop_command(run)
            with suppress(Empty):
                while True:
                    events.get(timeout=QUIET_PERIOD)
    finally:
        observer.stop()
        observer.join()


def _report_end(run: RunProcess, events: SimpleQueue[RunProcess | None]) -> None:
    run.wait()
    events.put(run)


def start_command(root: Path, arguments: Sequence[str]) -> RunProcess:
    """Start `snippets` with `arguments` on the project in `root`, in a child process.

    The child exits when its standard input is closed, and so when this process exits. It has
    its own session, because Ctrl-C could interrupt it during start-up; this process ends it.
    """
    engine = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(engine), str(root), *arguments],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def stop_command(run: RunProcess) -> None:
    """End a command started by `start_command`, and the program that it runs."""
    assert run.stdin
    run.stdin.close()
    try:
        run.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:  # its supervisors then exit too
        run.kill()
        run.wait()


def interrupt_at_end_of_input() -> None:
    """Have a thread interrupt this process, as Ctrl-C does, when its input is closed."""

    def wait_and_interrupt() -> None:
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored in background jobs
    threading.Thread(target=wait_and_interrupt, daemon=True).start()


class _SaveHandler(FileSystemEventHandler):
    """An event handler that puts None into `events` when the file `name` changes."""

    def __init__(self, name: str, events: SimpleQueue[RunProcess | None]) -> None:
        self.name = name
        self.events = events

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = map(os.fsdecode, (event.src_path, event.dest_path))
        if event.event_type in SAVE_EVENTS and self.name in map(os.path.basename, paths):
            self.events.put(None)
