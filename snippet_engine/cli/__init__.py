"""The commands of `snippets`, one module each.

To add a command, write a module whose `add(commands)` calls `common.add_command`, and add the
module to COMMANDS.
"""

from __future__ import annotations

from snippet_engine.cli import check, downloads, new, notebook, run, sample
from snippet_engine.cli import list as list_command

COMMANDS = (new, run, list_command, check, sample, notebook, downloads)
