"""The commands of `snippets`, one module each.

To add a command, write a module whose `add(commands)` calls `common.command`, and add the
module to COMMANDS.
"""

from __future__ import annotations

from snippet_engine.cli import check, downloads, new, run, sample
from snippet_engine.cli import list as listing
from snippet_engine.cli import notebook as session

COMMANDS = (new, run, listing, check, sample, session, downloads)
