"""The build's log, and what it costs who needs none."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from helpers.repository import ROOT

from snippet_engine.pages.log import Log


def test_what_is_warned_of_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """With its values, as a warning."""
    with caplog.at_level(logging.WARNING):
        Log().warning("%s: %s", "file", "wrong")
    assert "file: wrong" in caplog.text


def test_the_commands_do_not_load_the_generator_of_the_site() -> None:
    """Tab would wait for it."""
    code = "import sys, snippet_engine.__main__\nprint(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {module.partition(".")[0] for module in result.stdout.split()}
    assert not loaded & {"markdown_exec", "mkdocs", "zensical"}
