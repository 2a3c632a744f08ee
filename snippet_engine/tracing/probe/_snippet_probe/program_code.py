"""Distinction of the program's own code from that of libraries and packages."""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType

_PROBE = os.path.dirname(os.path.dirname(__file__))
_LIBRARY_PREFIXES = (os.path.dirname(os.__file__), _PROBE, "<")
# With `python -c`, the program's file name is "<string>"; multiprocessing uses -c as well.
_IS_COMMAND = "-c" in sys.orig_argv[1:2] and "multiprocessing" not in sys.orig_argv[2]

_is_own_file: dict[str, bool] = {}


def is_program_code(code: CodeType) -> bool:
    """Return True if `code` is the program's, not that of a library or package."""
    filename = code.co_filename
    is_own = _is_own_file.get(filename)
    if is_own is None:
        is_own = not filename.startswith(_LIBRARY_PREFIXES) and "site-packages" not in filename
        is_own = _is_own_file[filename] = is_own or (filename == "<string>" and _IS_COMMAND)
    return is_own


def find_program_line(frame: FrameType | None) -> int | None:
    """Return the program's line that led to `frame`, None if there is none."""
    while frame is not None:
        if is_program_code(frame.f_code):
            return frame.f_lineno
        frame = frame.f_back
    return None
