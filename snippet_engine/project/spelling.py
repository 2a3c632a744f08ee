"""A check for British spelling, with the lists of codespell and pyspellchecker."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from snippet_engine.project.faults import Fault
from snippet_engine.project.plain_text import split_words
from snippet_engine.project.prose_rules import Text

WORD_LIST = "tests/words.txt"  # words of this site that are in no dictionary

# Words that codespell lists as American but that are also British.
_ALSO_BRITISH = {
    *("artifact", "artifacts", "biased", "focused", "focuses", "focusing", "judgment"),
    *("license", "licensed", "licenses", "licensing", "meter", "meters", "overwritable"),
    *("practice", "practices", "program", "routing", "stories", "story", "writable"),
}


def is_installed() -> bool:
    """Return True if the word lists, development dependencies, are installed."""
    return all(map(importlib.util.find_spec, ("codespell_lib", "spellchecker")))


class Spelling:
    """A spelling checker that also accepts the word list of the project in `root`."""

    def __init__(self, root: Path) -> None:
        from spellchecker import SpellChecker

        self.american = _read_american_words()
        self.own = _read_own_words(root)
        self._dictionary = SpellChecker(language="en")
        self._dictionary.word_frequency.load_words([*self.american.values(), *self.own])

    def check(self, text: Text) -> Iterator[Fault]:
        """Yield a fault for each word of a text that is American or unknown."""
        seen = set()
        for match in re.finditer(r"[^\s`]+", text.text):
            for word in map(_normalise, split_words(match[0])):
                if word in seen:
                    continue
                seen.add(word)
                if reason := self._explain_refusal(word):
                    yield text.fault(match.start(), reason)

    def _explain_refusal(self, word: str) -> str:
        if word.isdigit():
            return ""
        if word in self.american:
            return f"{word!r} is American; write {self.american[word]!r}"
        if self._dictionary.unknown([word]):
            return (
                f"unknown word {word!r}; correct it, put it in backticks, or add it to {WORD_LIST}"
            )
        return ""


def _normalise(word: str) -> str:
    return re.sub(r"['’]s$", "", word).lower().replace("’", "'")


@cache
def _read_american_words() -> dict[str, str]:
    """Return the British form of each American word, from codespell's list."""
    data = files("codespell_lib") / "data" / "dictionary_en-GB_to_en-US.txt"
    pairs = (line.split("->") for line in data.read_text(encoding="utf-8").splitlines())
    return {us: british for british, us in pairs if us not in _ALSO_BRITISH}


def _read_own_words(root: Path) -> list[str]:
    path = root / WORD_LIST
    return path.read_text(encoding="utf-8").split() if path.is_file() else []
