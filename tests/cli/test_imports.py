"""The commands start fast."""

from __future__ import annotations

import subprocess
import sys

from helpers.repository import ROOT


def test_commands_do_not_import_the_site_generator() -> None:
    """Completion with the Tab key would be slow."""
    code = "import sys, snippet_engine.__main__\nprint(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {module.partition(".")[0] for module in result.stdout.split()}
    assert not loaded & {"markdown_exec", "mkdocs", "zensical"}
