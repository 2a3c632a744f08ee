"""The package offers the functions of a page, and loads them when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import snippet_engine
from snippet_engine.pages import api


def test_package_offers_the_functions_of_a_page() -> None:
    assert {name: getattr(snippet_engine, name) for name in snippet_engine.__all__} == {
        name: getattr(api, name) for name in api.__all__
    }
    with pytest.raises(AttributeError, match="has no attribute 'shoe'"):
        snippet_engine.shoe  # noqa: B018


def test_import_of_a_ground_module_loads_nothing_above_it() -> None:
    code = "import sys, snippet_engine.run\nprint(*[n for n in sys.modules if 'snippet' in n])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["snippet_engine", "snippet_engine.run"]
