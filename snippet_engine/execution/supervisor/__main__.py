"""Stand between the site build and one snippet: run it, watch it, end its family.

A program of its own: it reads one request, runs the command and writes one line: what was
seen. How it watches depends on the system: see `linux` and `elsewhere`.

There is one for each program, so it must start fast: see `forking`. It is run as a file,
since a folder would be by `runpy`. It imports nothing of the engine, nor, on Linux, what
imports many others: `json`, `re`, `subprocess`, `typing`.

Its standard input is a lifeline: when the build ends, however it ends, the pipe
closes, and the supervisor ends the family and itself.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))  # which -I leaves out
    from answering import answer

    answer()
