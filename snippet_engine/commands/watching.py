"""Do something again whenever a file is saved, however its editor saves it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

SAVES = (EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED)
QUIET = 0.1  # seconds without a change after which a save is over: editors make several


def watch(path: Path, again: Callable[[], None]) -> None:
    """Call `again` now and after each save of the file `path`; never returns.

    Its folder is watched, not the file: many editors write another file and
    rename it. Raises OSError where it cannot be watched, and KeyboardInterrupt.
    """
    saves = _Saves(path.name)
    observer = Observer()
    observer.schedule(saves, str(path.parent), recursive=False)
    observer.daemon = True
    observer.start()
    try:
        while True:
            again()
            saves.happened.wait()
            while saves.happened.is_set():
                saves.happened.clear()
                saves.happened.wait(QUIET)
    finally:
        observer.stop()
        observer.join()


class _Saves(FileSystemEventHandler):
    """Sets `happened` when the file called `name` changes, comes or goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.happened = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = map(os.fsdecode, (event.src_path, event.dest_path))
        if event.event_type in SAVES and self.name in map(os.path.basename, paths):
            self.happened.set()
