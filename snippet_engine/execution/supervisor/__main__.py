"""Entry point of a supervisor, or of their fork server if the argument is `fork-server`.

It is run as a file, because Python runs a folder or a module by `runpy`, which takes longer.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

if __name__ == "__main__":
    # The package is found from the folder above it, and -I leaves out the script's folder.
    sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)))
    module = "fork_server" if sys.argv[1:] == ["fork-server"] else "serve"
    import_module(f"supervisor.{module}").main()
