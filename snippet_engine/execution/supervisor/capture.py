"""Capture of a program's output as timed lines, within limits."""

from __future__ import annotations


class Capture:
    """Timed output lines of all streams of a program, within common limits.

    `full` is True once `feed` has had more lines or bytes than allowed. The time of a
    line is that of its first bytes.
    """

    def __init__(self, most_lines: int, most_bytes: int) -> None:
        self.most_lines = most_lines
        self.bytes_left = most_bytes
        self.lines: list[tuple[float, str, str]] = []
        self.partial: dict[str, tuple[float, bytearray]] = {}
        self.full = False

    def feed(self, stream: str, data: bytes, now: float) -> None:
        """Add `data`, read from `stream` at the time `now`, unless the capture is full."""
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
        """Return all lines by time, including last ones without a newline."""
        for stream, (began, rest) in self.partial.items():
            self._add(began, stream, bytes(rest))
        self.partial.clear()
        return sorted(self.lines[: self.most_lines], key=lambda line: line[0])

    def _add(self, at: float, stream: str, text: bytes) -> None:
        self.lines.append((at, stream, text.decode("utf-8", "backslashreplace")))
