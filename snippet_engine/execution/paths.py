"""Paths of the engine files that run in other processes."""

from __future__ import annotations

from pathlib import Path

ENGINE = Path(__file__).parent.parent
PROBE = ENGINE / "tracing" / "probe"
SUPERVISOR = ENGINE / "execution" / "supervisor"
FACTS = ENGINE / "execution" / "interpreter_facts.py"
