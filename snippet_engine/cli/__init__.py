"""The commands of `snippets`, a module for each.

To add one: a module with `add(commands)`, which describes it by `common.command`,
and its name in COMMANDS.
"""

from __future__ import annotations

from snippet_engine.cli import check, downloads, new, run, sample
from snippet_engine.cli import list as listing
from snippet_engine.cli import notebook as session

COMMANDS = (new, run, listing, check, sample, session, downloads)
