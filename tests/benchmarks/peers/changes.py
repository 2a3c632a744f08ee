"""What had to be changed for a tool to finish, as found by `python tests/benchmarks/peers --try`."""

from __future__ import annotations

from .blocks import Change, in_heredoc, in_subprocess, in_zsh_cell, shortened

ENDLESS = (7, 10, 11, 15, 16)
SHELL = (2, 8)

MARKDOWN_EXEC = ()
SPHINX_GALLERY = ()
MYST_NB = ()
MYST_NB_EACH = ()
MKDOCS_JUPYTER = ()
