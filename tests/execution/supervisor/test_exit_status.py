"""Exit codes in words."""

from __future__ import annotations

import pytest

from snippet_engine.execution.supervisor.exit_status import describe_exit


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, "exit 0"),
        (3, "exit 3"),
        (139, "exit 139"),
        (-11, "signal SIGSEGV"),
        (-40, "signal 40"),  # a real-time signal has no name
    ],
)
def test_exit_code_is_described(code: int, expected: str) -> None:
    assert describe_exit(code) == expected
