"""Entry point of the probe, which Python imports in every process of a program.

PYTHONPATH makes Python find it as `sitecustomize`. It makes standard output line-buffered, so
that no complete line is lost when the program is stopped, and runs the snippet's `setup`
before the program's first line. If SNIPPET_EVENTS names a file, the package
`_snippet_probe` writes events there: each worker's start, waits, output and end.
"""

import os
import sys

if sys.stdout is not None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a TextIOWrapper, so early
if _method := os.environ.pop("SNIPPET_START_METHOD", ""):
    # Set only if this Python has another default: the import costs time.
    import multiprocessing

    multiprocessing.set_start_method(_method)
_setup = os.environ.pop("SNIPPET_SETUP", "")
if _setup:
    exec(_setup, sys.modules["__main__"].__dict__)  # noqa: S102 - that is its job
if os.environ.get("SNIPPET_EVENTS"):
    from _snippet_probe.workers import start_probe

    start_probe()
if _go := os.environ.pop("SNIPPET_GO", ""):
    # Report that the first line is reached, then wait until the supervisor releases it.
    _ready, _turn = map(int, _go.split())
    os.write(_ready, b".")
    os.close(_ready)
    os.read(_turn, 1)
    os.close(_turn)
