"""The supervisor, which runs and samples one program and kills its process tree.

Run as a script. It reads a request from standard input and writes lines to standard output:
`ready` and `begun` for the program's progress, and last the result. Sampling depends on the
system: see `linux` and `elsewhere`.

Each program has a supervisor, so it must start fast: see `forking`. It is run as a file,
because Python runs a folder by `runpy`. It imports nothing of the engine and, on Linux, no
module that imports many others, such as `json`, `re`, `subprocess` and `typing`.

Its standard input is a lifeline: that pipe closes however the engine ends, and the
supervisor then kills the process tree and exits.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))  # which -I leaves out
    from answering import answer

    answer()
