"""Attribution of captured lines to workers, by the text and order of their writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

MAX_SKIPPED = 200  # written lines of a thread that are searched for a captured one

Writer = TypeVar("Writer")


@dataclass(frozen=True, slots=True)
class Write(Generic[Writer]):
    """One write of a thread, as the probe reported it.

    `data` holds the first bytes of the `size` bytes written. `at` is monotonic.
    """

    at: float
    thread: tuple[int, int]  # process and native thread
    stream: str
    data: bytes
    size: int
    writer: Writer


@dataclass(slots=True, eq=False)
class WrittenLine(Generic[Writer]):
    """A line, or a part of one, that a thread wrote.

    `index` is that of the captured line it was matched with, or None.
    """

    at: float
    text: str
    writer: Writer
    index: int | None = None


def find_writers(
    writes: Sequence[Write[Writer]], captured: Sequence[tuple[float, str, str]]
) -> list[Writer | None]:
    """Return the writer of each captured line, or None if no write matches it.

    `captured` holds the time, stream and text of each line.
    """
    writers: list[Writer | None] = [None] * len(captured)
    for stream in ("stdout", "stderr"):
        by_thread: dict[tuple[int, int], list[Write[Writer]]] = {}
        for write in writes:
            if write.stream == stream:
                by_thread.setdefault(write.thread, []).append(write)
        queues = [deque(_split_lines(thread_writes)) for thread_writes in by_thread.values()]
        matcher = _Matcher(queues, writers)
        for index, (_, captured_stream, text) in enumerate(captured):
            if captured_stream == stream:
                matcher.match(index, text)
    return writers


def _split_lines(writes: Sequence[Write[Writer]]) -> Iterator[WrittenLine[Writer]]:
    """Yield the lines of a thread, each with the writer of its first part."""
    begun: tuple[Write[Writer], bytes] | None = None
    for write in writes:
        *lines, rest = write.data.split(b"\n")
        if len(write.data) < write.size:  # truncated, so the rest is not a whole line
            rest = b""
        for line in lines:
            first, text = begun or (write, b"")
            yield WrittenLine(first.at, _decode(text + line), first.writer)
            begun = None
        if rest:
            first, text = begun or (write, b"")
            begun = first, text + rest
    if begun is not None:
        yield WrittenLine(begun[0].at, _decode(begun[1]), begun[0].writer)


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


class _Matcher(Generic[Writer]):
    """Matcher of captured lines with the lines that each thread wrote, in order."""

    def __init__(
        self, queues: list[deque[WrittenLine[Writer]]], writers: list[Writer | None]
    ) -> None:
        self.queues = queues
        self.writers = writers
        # The last line that was taken from each queue.
        self.taken: list[WrittenLine[Writer] | None] = [None] * len(queues)

    def match(self, index: int, text: str) -> None:
        """Record the writer of the captured line `index`, and consume the written line.

        Among threads that wrote this text, the one that has to skip the fewest of its own
        lines is taken, and the earliest of these.
        """
        candidates = []
        for number, queue in enumerate(self.queues):
            for skipped, line in enumerate(islice(queue, MAX_SKIPPED)):
                if line.text == text:
                    candidates.append((skipped, line.at, number))
                    break
        if not candidates:
            self.writers[index] = self._match_mixed(text)
            return
        skipped, _, number = min(candidates)
        for _ in range(skipped):
            self._skip(number)
        self._take(number, index)

    def _take(self, number: int, index: int | None) -> None:
        line = self.queues[number].popleft()
        line.index = index
        self.taken[number] = line
        if index is not None:
            self.writers[index] = line.writer

    def _skip(self, number: int) -> None:
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

    def _match_mixed(self, text: str) -> Writer | None:
        """Return the writer of the first part of a line that several threads wrote."""
        writer = None
        while text:
            heads = [
                (len(queue[0].text), -queue[0].at, number)
                for number, queue in enumerate(self.queues)
                if queue and queue[0].text and text.startswith(queue[0].text)
            ]
            if not heads:
                break
            line = self.queues[max(heads)[2]].popleft()
            writer = writer or line.writer
            text = text[len(line.text) :]
        return writer
