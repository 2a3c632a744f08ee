"""Attribution of captured lines to workers, by the text and order of their writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

FAR = 200  # how many reported lines of a thread are searched for a captured one


@dataclass(frozen=True, slots=True)
class Piece:
    """One write of a thread, as the probe reported it.

    `data` holds the first bytes of the `size` bytes written. `at` is monotonic.
    """

    at: float
    thread: tuple[int, int]  # process and native thread
    stream: str
    data: bytes
    size: int
    writer: Any


@dataclass(slots=True, eq=False)
class Told:
    """A line, or a part of one, that the probe reported as written by a thread.

    `index` is that of the captured line it was matched with, or None.
    """

    at: float
    text: str
    writer: Any
    index: int | None = None


def find_writers(pieces: Sequence[Piece], captured: Sequence[tuple[float, str, str]]) -> list[Any]:
    """Return the writer of each captured line, or None if no write matches it.

    `captured` holds the time, stream and text of each line.
    """
    writers: list[Any] = [None] * len(captured)
    for stream in ("stdout", "stderr"):
        by_thread: dict[tuple[int, int], list[Piece]] = {}
        for piece in pieces:
            if piece.stream == stream:
                by_thread.setdefault(piece.thread, []).append(piece)
        matcher = _Matcher([deque(_lines(told)) for told in by_thread.values()], writers)
        for index, (_, where, text) in enumerate(captured):
            if where == stream:
                matcher.match(index, text)
    return writers


def _lines(pieces: Sequence[Piece]) -> Iterator[Told]:
    """Yield the lines of a thread, each with the writer of its first part."""
    begun: tuple[Piece, bytes] | None = None
    for piece in pieces:
        *whole, rest = piece.data.split(b"\n")
        if len(piece.data) < piece.size:  # truncated, so the rest is not a whole line
            rest = b""
        for line in whole:
            first, text = begun or (piece, b"")
            yield Told(first.at, _text(text + line), first.writer)
            begun = None
        if rest:
            first, text = begun or (piece, b"")
            begun = first, text + rest
    if begun is not None:
        yield Told(begun[0].at, _text(begun[1]), begun[0].writer)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


class _Matcher:
    """Matcher of captured lines with the lines reported for each thread, in order."""

    def __init__(self, queues: list[deque[Told]], writers: list[Any]) -> None:
        self.queues = queues
        self.writers = writers
        self.taken: list[Told | None] = [None] * len(queues)  # the last of each queue

    def match(self, index: int, text: str) -> None:
        """Record the writer of the captured line `index`, and consume the reported line.

        Among threads that reported this text, the one that has to skip the fewest of its
        own lines is taken, and the earliest of these.
        """
        found = []
        for number, queue in enumerate(self.queues):
            for skip, told in enumerate(islice(queue, FAR)):
                if told.text == text:
                    found.append((skip, told.at, number))
                    break
        if not found:
            self.writers[index] = self._torn(text)
            return
        skip, _, number = min(found)
        for _ in range(skip):
            self._make_good(number)
        self._take(number, index)

    def _take(self, number: int, index: int | None) -> None:
        told = self.queues[number].popleft()
        told.index = index
        self.taken[number] = told
        if index is not None:
            self.writers[index] = told.writer

    def _make_good(self, number: int) -> None:
        """Skip the next line of a thread.

        If the last match of another thread has the same text, that match is taken to be
        wrong: it is transferred to this line, and the other line returns to its queue.
        """
        text = self.queues[number][0].text
        for other, taken in enumerate(self.taken):
            if other != number and taken and taken.text == text and taken.index is not None:
                self._take(number, taken.index)
                taken.index = None
                self.taken[other] = None
                self.queues[other].appendleft(taken)
                return
        self._take(number, None)

    def _torn(self, text: str) -> Any:
        """Return the writer of the first part of a line to which several threads wrote."""
        writer = None
        while text:
            heads = [
                (len(queue[0].text), -queue[0].at, number)
                for number, queue in enumerate(self.queues)
                if queue and queue[0].text and text.startswith(queue[0].text)
            ]
            if not heads:
                break
            told = self.queues[max(heads)[2]].popleft()
            writer = writer or told.writer
            text = text[len(told.text) :]
        return writer
