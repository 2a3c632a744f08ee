"""Words that code and its documentation must not use, each with a replacement."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.repository import ROOT

# A pattern for identifiers, docstrings, comments and messages, and what to write instead.
BANNED = {
    r"at once": "ambiguous: immediately, or concurrently",
    r"come[s]? to": "ends with, results in",
    r"cures?": "hint",
    r"for ever": "without end",
    r"go(?:es)? on|went on": "continues",
    r"lessons?": "summary, caption",
    r"nobody|somebody|whoever": "name the process, thread, user or caller",
    r"spoil(?:t|s)?|spoiled": "damaged, changed",
    r"stands (?:there|beside|for itself)": "is",
    r"told|tell(?:s|ing)?(?!\()": "reported, logged, prints",
    r"walls|walled": "sandbox, sandboxed",
}
# Files and folders that follow the rule.
PLACES = (
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "benchmarks",
    "mkdocs.yml",
    "pyproject.toml",
    "scripts",
    "snippet_engine",
    "tests",
)
PATTERN = re.compile(rf"(?<![a-z])(?:{'|'.join(BANNED)})(?![a-z])", re.IGNORECASE)
TEXT_TOKENS = {
    tokenize.COMMENT,
    tokenize.NAME,
    tokenize.STRING,
    getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING),  # Python 3.12 and later
}


def list_files() -> Iterator[Path]:
    """Yield the text files in PLACES, except this one and lock files."""
    for place in PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            is_ours = not {"__pycache__", "node_modules"} & {*file.relative_to(ROOT).parts}
            is_text = file.is_file() and file.suffix not in (".json", ".txt", ".in")
            if is_ours and is_text and file != Path(__file__):
                yield file


def find_banned(file: Path) -> list[str]:
    """Return each banned word in a file with its line and its replacement."""
    text = file.read_text(encoding="utf-8")
    faults = []
    if file.suffix == ".md":
        text = re.sub(r"`[^`\n]*`", "", text)  # quoted words, as in the table of CONTRIBUTING.md
    for number, part in read_parts(text) if file.suffix == ".py" else enumerate_lines(text):
        for match in PATTERN.finditer(part.replace("_", " ")):
            line = number + part.count("\n", 0, match.start())
            advice = next(a for p, a in BANNED.items() if re.fullmatch(p, match[0], re.I))
            faults.append(f"{file.relative_to(ROOT)}:{line}: {match[0]!r}; write: {advice}")
    return faults


def read_parts(code: str) -> Iterator[tuple[int, str]]:
    """Yield the names, strings and comments of a Python file with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in TEXT_TOKENS:
            yield token.start[0], token.string


def enumerate_lines(text: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(text.splitlines(), 1)


def test_files_use_no_banned_words() -> None:
    faults = [fault for file in list_files() for fault in find_banned(file)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("def test_it_is_told() -> None: ...\n", "told"),
        ("x = 1  # Both start at once.\n", "at once"),
        ('"""First line.\n\nSomebody waits.\n"""\n', "Somebody"),
        ('f"{x} goes on"\n', "goes on"),
    ],
)
def test_banned_word_is_found_in_any_part(
    code: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "module.py"
    file.write_text(code)
    [fault] = find_banned(file)
    assert repr(word) in fault
