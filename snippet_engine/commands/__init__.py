"""The commands of `snippets`, a module for each.

To add one: a module with `add(commands)`, which describes it by `common.command`,
and its name in COMMANDS.
"""

from __future__ import annotations

from . import check, downloads, listing, new, run, sample, session

COMMANDS = (new, run, listing, check, sample, session, downloads)
