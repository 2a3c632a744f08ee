"""What comes out of a program's pipes: timed lines, within common limits."""

from __future__ import annotations


class Capture:
    """The lines of all streams of a program: so many, and so many bytes, at most.

    `full` says that there was more.
    """

    def __init__(self, most_lines: int, most_bytes: int) -> None:
        self.most_lines = most_lines
        self.bytes_left = most_bytes
        self.lines: list[tuple[float, str, str]] = []
        self.partial: dict[str, tuple[float, bytearray]] = {}
        self.full = False

    def feed(self, stream: str, data: bytes, now: float) -> None:
        """Take `data`, which came out of `stream` at `now`."""
        if self.full:
            return
        kept = data[: self.bytes_left]
        self.bytes_left -= len(kept)
        *whole, rest = kept.split(b"\n")
        for piece in whole:
            began, head = self.partial.pop(stream, (now, bytearray()))
            self._add(began, stream, bytes(head) + piece)
        if rest:
            self.partial.setdefault(stream, (now, bytearray()))[1].extend(rest)
        if len(kept) < len(data) or len(self.lines) > self.most_lines:
            self.full = True
            del self.lines[self.most_lines :]

    def finish(self) -> list[tuple[float, str, str]]:
        """All lines, in order of time; a last one without a newline too."""
        for stream, (began, rest) in self.partial.items():
            self._add(began, stream, bytes(rest))
        self.partial.clear()
        return sorted(self.lines[: self.most_lines], key=lambda line: line[0])

    def _add(self, at: float, stream: str, text: bytes) -> None:
        self.lines.append((at, stream, text.decode("utf-8", "backslashreplace")))
