"""What an interpreter says of itself."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

from snippet_engine.execution import interpreter_facts as facts


def test_a_process_of_its_own_tells_the_same() -> None:
    """Another interpreter, which knows nothing of the engine, is asked by the file itself."""
    command = [sys.executable, "-I", facts.__file__]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert json.loads(told) == facts.facts()
    assert facts.facts()["python"] == platform.python_version()
