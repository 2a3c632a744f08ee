"""Who wrote each captured line: pieces that threads told, matched by text and order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

FAR = 200  # lines of a thread that may be skipped: told, but never captured


@dataclass(frozen=True, slots=True)
class Piece:
    """What a thread told that it writes: the first bytes of `size` of them."""

    at: float
    thread: tuple[int, int]  # process and native thread
    stream: str
    data: bytes
    size: int
    writer: Any


@dataclass(slots=True, eq=False)
class Told:
    """A line, or the part of one, that a thread told; `index` of the captured line it is."""

    at: float
    text: str
    writer: Any
    index: int | None = None


def find_writers(pieces: Sequence[Piece], captured: Sequence[tuple[float, str, str]]) -> list[Any]:
    """The writer of each captured line, None where nobody told it."""
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
    """The lines of a thread, each with the writer of its first part."""
    begun: tuple[Piece, bytes] | None = None
    for piece in pieces:
        *whole, rest = piece.data.split(b"\n")
        if len(piece.data) < piece.size:  # where it broke off is no line
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
    """Takes captured lines in their order, and from each thread what it told in its order."""

    def __init__(self, queues: list[deque[Told]], writers: list[Any]) -> None:
        self.queues = queues
        self.writers = writers
        self.taken: list[Told | None] = [None] * len(queues)  # the last of each queue

    def match(self, index: int, text: str) -> None:
        """Find who wrote a line: who is to write it next, and told it first."""
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
        """Pass over a line, which an equal line of another thread was taken for."""
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
        """The writer of the first part of a line that several wrote into."""
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
