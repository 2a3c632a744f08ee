"""Rides in every Python process of a snippet, through PYTHONPATH.

Makes standard output line-buffered, so that what a program printed is there
when it is stopped, and runs the snippet's `setup` before its first line. Given
a file for events, it also tells who started, waited, printed and ended, and
when: see the modules beside this one.
"""

import os
import sys

if sys.stdout is not None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a TextIOWrapper, so early
if _method := os.environ.pop("SNIPPET_START_METHOD", ""):
    # Named only where this Python has another default: an import costs time.
    import multiprocessing

    multiprocessing.set_start_method(_method)
_setup = os.environ.pop("SNIPPET_SETUP", "")
if _setup:
    exec(_setup, sys.modules["__main__"].__dict__)  # noqa: S102 - that is its job
if os.environ.get("SNIPPET_EVENTS"):
    import _snippet_probe_workers

    _snippet_probe_workers.begin()
if _go := os.environ.pop("SNIPPET_GO", ""):
    # At the first line it has to wait for its turn.
    _ready, _turn = map(int, _go.split())
    os.write(_ready, b".")
    os.close(_ready)
    os.read(_turn, 1)
    os.close(_turn)
