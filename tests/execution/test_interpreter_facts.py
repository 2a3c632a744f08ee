"""Facts about an interpreter."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

from snippet_engine.execution import interpreter_facts
from snippet_engine.execution.interpreter_facts import collect_facts


def test_script_prints_the_facts_as_json() -> None:
    """Other interpreters, which may lack the engine, are queried by running the file."""
    command = [sys.executable, "-I", interpreter_facts.__file__]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert json.loads(output) == collect_facts()
    assert collect_facts()["python"] == platform.python_version()
