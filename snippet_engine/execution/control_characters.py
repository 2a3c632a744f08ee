"""Replacement of control characters in the output of programs."""

from __future__ import annotations

import unicodedata


def replace_control_characters(text: str) -> str:
    """Return the line `text` with visible pictures for its control characters.

    That makes it safe for pages and terminals. NUL becomes U+2400 and ESC U+241B
    (Unicode's Control Pictures). Characters without a picture, and those that change
    the writing direction, become Python escapes. Tabs are kept; a carriage return at
    the end is removed.
    """
    if text.isprintable():
        return text
    return "".join(map(_picture_of, text.removesuffix("\r")))


def _picture_of(character: str) -> str:
    code = ord(character)
    if code == 0x7F:
        return "\u2421"
    if code < 0x20 and character != "\t":
        return chr(0x2400 + code)
    # Cc: C1 controls; Cf: direction marks and the like; Zl, Zp: line breaks; Cs: surrogates
    if character != "\t" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return character.encode("unicode_escape").decode()
    return character
