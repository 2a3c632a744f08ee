"""Wording of durations, sizes, counts and wait reasons for readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from snippet_engine.run import Worker

_WAITS = {
    "": "for something",
    "barrier": "at a barrier",
    "child": "for a child process",
    "child process": "for a child process",
    "condition": "for a condition",
    "event": "for an event",
    "event loop idle": "in the idle event loop",
    "file lock": "for a file lock",
    "future": "for a future",
    "lock": "for a lock",
    "pipe": "on a pipe",
    "poll": "for something to happen",
    "queue": "on a queue",
    "result": "for a result",
    "semaphore": "for a semaphore",
    "signal": "for a signal",
    "socket": "on a socket",
    "thread": "for a thread",
}


def format_duration(seconds: float, total: float | None = None) -> str:
    """Return a duration in "ms" or "s", rounded for a reader.

    `total` (default: `seconds`) decides the unit and the number of decimals, so that parts
    of the same whole are written alike.
    """
    whole = seconds if total is None else total
    if whole < 0.2:
        number, unit, digits = seconds * 1000, "ms", 1 if whole < 0.02 else 0
    else:
        number, unit, digits = seconds, "s", 1 if whole >= 20 else 2
    return f"{number:.{digits}f} {unit}"


def pluralise(number: int, noun: str) -> str:
    """Return the number with its noun, in the plural if needed: "9 threads"."""
    plural = "es" if noun.endswith("s") else "s"
    return f"{number} {noun}{'' if number == 1 else plural}"


def join_words(items: list[str]) -> str:
    """Return the items joined as in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def format_size(count: int) -> str:
    """Return a number of bytes in megabytes (10**6 bytes): "12 MB"."""
    return f"{count / 1e6:.{0 if count >= 1e7 else 1}f} MB"


def format_worker_kinds(workers: Iterable[Worker]) -> str:
    """Return how many workers there are of each kind: "1 process and 9 threads"."""
    numbers = Counter(worker.kind for worker in workers)
    return join_words([pluralise(number, kind) for kind, number in numbers.items()])


def describe_wait(reason: str) -> str:
    """Return the phrase that follows "waits" for a wait reason: "for a lock"."""
    return _WAITS.get(reason, f"in {reason}")
