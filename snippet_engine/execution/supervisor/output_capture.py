"""Capture of a program's output as timed lines, within limits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Stream


class OutputCapture:
    """Timed output lines of all streams of a program, within common limits.

    `is_full` is True once there were more lines or bytes than allowed. The time of a line
    is that of its first bytes.
    """

    def __init__(self, max_lines: int, max_bytes: int) -> None:
        self.is_full = False
        self._max_lines = max_lines
        self._bytes_left = max_bytes
        self._lines: list[tuple[float, Stream, str]] = []
        self._unfinished: dict[Stream, tuple[float, bytearray]] = {}

    def feed(self, stream: Stream, data: bytes, now: float) -> None:
        """Add `data`, read from `stream` at the time `now`, unless the capture is full."""
        if self.is_full:
            return
        accepted = data[: self._bytes_left]
        self._bytes_left -= len(accepted)
        *ends, rest = accepted.split(b"\n")
        for end in ends:
            began, head = self._unfinished.pop(stream, (now, bytearray()))
            self._add_line(began, stream, bytes(head) + end)
        if rest:
            self._unfinished.setdefault(stream, (now, bytearray()))[1].extend(rest)
        self.is_full = self.is_full or len(accepted) < len(data)

    def finish(self) -> list[tuple[float, Stream, str]]:
        """Return all lines by time, including last ones without a newline.

        Such a last line may fill the capture, too.
        """
        for stream, (began, text) in self._unfinished.items():
            self._add_line(began, stream, bytes(text))
        self._unfinished.clear()
        return sorted(self._lines, key=lambda line: line[0])

    def _add_line(self, at: float, stream: Stream, text: bytes) -> None:
        if len(self._lines) == self._max_lines:
            self.is_full = True
        else:
            self._lines.append((at, stream, text.decode("utf-8", "backslashreplace")))
