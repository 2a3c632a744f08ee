"""Tracing of output: the buffers of standard output and error report each write.

`print` and the text layer remain Python's own. Where lines of different threads mix depends on
timing, which differs between a pipe and a terminal.
"""

from __future__ import annotations

import io
import sys

from _snippet_probe import event_log
from _snippet_probe.coroutines import current_fiber

TYPE_CHECKING = False  # these are slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer


class BufferedWriter(io.BufferedWriter):
    """A buffered writer that reports each write with its thread and fiber."""

    resume_tracing: Callable[[], None]
    number: int  # 1 for standard output, 2 for standard error
    unbuffered: bool

    def write(self, data: ReadableBuffer) -> int:
        text = bytes(data)
        shown = text[: event_log.MAX_TEXT_BYTES]
        event_log.record("write", current_fiber(), self.number, len(text), shown)
        self.resume_tracing()
        count = io.BufferedWriter.write(self, data)
        if self.unbuffered:
            self.flush()
        return count

    def __repr__(self) -> str:
        return f"<_io.BufferedWriter name={self.name!r}>"


BufferedWriter.__module__ = "_io"


def replace_streams(resume_tracing: Callable[[], None]) -> None:
    """Replace standard output and error by traced streams.

    Each write calls `resume_tracing`.
    """
    BufferedWriter.resume_tracing = staticmethod(resume_tracing)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if type(stream) is not io.TextIOWrapper or stream is not getattr(sys, f"__{name}__"):
            continue
        stream.flush()
        try:
            raw = io.FileIO(number, "wb", closefd=False)
        except OSError:
            continue
        raw.name = f"<{name}>"
        buffer = BufferedWriter(raw)
        buffer.number, buffer.unbuffered = number, type(stream.buffer) is io.FileIO
        traced = io.TextIOWrapper(
            buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            newline="\n",
            line_buffering=True,
            write_through=stream.write_through,
        )
        traced.mode = "w"  # type: ignore[misc] # as Python sets it for its own streams
        setattr(sys, name, traced)
        setattr(sys, f"__{name}__", traced)
