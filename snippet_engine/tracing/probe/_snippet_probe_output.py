"""Tracing of output: the buffers of standard output and error report each write.

`print` and the text layer remain Python's own, so lines of different threads mix just as they
do without the probe.
"""

from __future__ import annotations

import io
import sys

import _snippet_probe_events as events

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer


class BufferedWriter(io.BufferedWriter):
    """A buffered writer that reports each write with its thread and lane."""

    again: Callable[[], None]
    number: int
    unbuffered: bool

    def write(self, data: ReadableBuffer) -> int:
        piece = bytes(data)
        events.tell("line", events.current(), self.number, len(piece), piece[: events.SHOWN])
        self.again()
        count = io.BufferedWriter.write(self, data)
        if self.unbuffered:
            self.flush()
        return count

    def __repr__(self) -> str:
        return f"<_io.BufferedWriter name={self.name!r}>"


BufferedWriter.__module__ = "_io"


def begin(again: Callable[[], None]) -> None:
    """Replace standard output and error by traced streams; each write calls `again`."""
    BufferedWriter.again = staticmethod(again)
    for name, number in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        if type(old) is not io.TextIOWrapper or old is not getattr(sys, f"__{name}__"):
            continue
        old.flush()
        try:
            raw = io.FileIO(number, "wb", closefd=False)
        except OSError:
            continue
        raw.name = f"<{name}>"
        buffer = BufferedWriter(raw)
        buffer.number, buffer.unbuffered = number, type(old.buffer) is io.FileIO
        text = io.TextIOWrapper(
            buffer,
            encoding=old.encoding,
            errors=old.errors,
            newline="\n",
            line_buffering=True,
            write_through=old.write_through,
        )
        text.mode = "w"  # type: ignore[misc] # as Python sets it for its own streams
        setattr(sys, name, text)
        setattr(sys, f"__{name}__", text)
