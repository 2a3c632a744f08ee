"""Replacement of control characters in the output of programs."""

from __future__ import annotations

import pytest

from snippet_engine.execution.control_characters import replace_control_characters


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
def test_control_characters_become_visible(text: str, expected: str) -> None:
    assert replace_control_characters(text) == expected
