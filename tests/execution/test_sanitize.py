"""What a program prints can do no harm where it is shown."""

from __future__ import annotations

import pytest

from snippet_engine.execution.sanitize import replace_control_characters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é 𝚫\ttab", "plain é 𝚫\ttab"),
        ("\x00\x1b\x7f\x08", "␀␛␡␈"),
        ("\u202eevil\u2028", "\\u202eevil\\u2028"),
        ("\x85\x9b", "\\x85\\x9b"),
        ("a\rb\r", "a␍b"),
    ],
)
def test_control_characters_become_pictures(text: str, expected: str) -> None:
    """What would act on a page or a terminal is shown in place of acting."""
    assert replace_control_characters(text) == expected
