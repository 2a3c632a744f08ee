"""What a program printed, made harmless on a page and on a terminal."""

from __future__ import annotations

import unicodedata


def legible(text: str) -> str:
    """`text` with its control characters as pictures, harmless on page and terminal.

    A NUL becomes U+2400 and an escape U+241B (Unicode's Control Pictures); what
    has no picture, or would turn the writing direction, becomes its escape.
    """
    if text.isprintable():
        return text
    return "".join(map(_picture, text.removesuffix("\r")))


def _picture(character: str) -> str:
    code = ord(character)
    if code == 0x7F:
        return "\u2421"
    if code < 0x20 and character != "\t":
        return chr(0x2400 + code)
    # Cc: C1 controls; Cf: direction marks and the like; Zl, Zp: line breaks; Cs: surrogates
    if character != "\t" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return character.encode("unicode_escape").decode()
    return character
