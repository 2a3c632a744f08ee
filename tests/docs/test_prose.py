"""The prose of the pages: measured numbers, British spelling, short plain sentences."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from helpers.repository import PROJECT, ROOT
from markdown import markdown

from snippet_engine.project.plain_text import split_sentences
from snippet_engine.project.project_check import ProjectCheck
from snippet_engine.project.spelling import WORD_LIST

DOCS = Path(ROOT, "docs")
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("**/*.md"))


def read_page(name: str) -> str:
    """Return the Markdown of a page."""
    return Path(DOCS, name).read_text(encoding="utf-8")


@cache
def check_project() -> ProjectCheck:
    """Return the check of this project, made once."""
    return ProjectCheck(ROOT)


@pytest.mark.parametrize("name", PAGES)
def test_page_and_its_programs_follow_the_rules(name: str) -> None:
    """The rules are in `prose_rules`."""
    chapter = name.removesuffix(".md")
    programs = [program for program in PROJECT.names() if program.partition("/")[0] == chapter]
    files = (PROJECT.path(program).relative_to(ROOT).as_posix() for program in programs)
    paths = {PurePosixPath("docs", name), *map(PurePosixPath, files)}
    assert list(map(str, check_project().find_faults(paths))) == []


def test_word_list_is_sorted_without_duplicates() -> None:
    words = Path(ROOT, WORD_LIST).read_text(encoding="utf-8").split()
    assert words == sorted(set(words))


# The glossary


def read_definitions() -> list[tuple[str, str]]:
    """Return the terms of the glossary and their texts."""
    pieces = re.split(r"^#{2,3} ", read_page("glossary.md"), flags=re.MULTILINE)
    parts = (piece.partition("\n") for piece in pieces[1:])
    return [(term, " ".join(text.split())) for term, _, text in parts if text.strip()]


def strip_markup(text: str) -> str:
    """Return a definition as plain text, without the link to its chapter."""
    return re.sub(r"[`*]", "", re.sub(r" See \[[^]]*\]\([^)]*\)\.$", "", text))


def test_each_term_has_one_short_definition_with_a_link() -> None:
    counts = Counter(term.casefold() for term, _ in read_definitions())
    assert [term for term, count in counts.items() if count > 1] == []
    for term, text in read_definitions():
        assert re.search(r" See \[[^]]*\]\([\w-]+\.md[^)]*\)\.$", text), term
        assert 1 <= len(split_sentences(strip_markup(text))) <= 2, term


def test_tooltips_have_the_definitions_of_the_glossary() -> None:
    known = {term.casefold(): strip_markup(text) for term, text in read_definitions()}
    wrong = []
    for line in Path(ROOT, "includes/abbreviations.md").read_text(encoding="utf-8").splitlines():
        term = re.match(r"\*\[([^]]+)\]:", line)
        assert term, f"not an abbreviation: {line!r}"
        forms = [re.sub(ending, "", term[1].casefold()) for ending in ("$", "s$", "es$")]
        expected = next((known[form] for form in forms if form in known), "no such term")
        if line != f"*[{term[1]}]: {expected}":
            wrong.append(f"*[{term[1]}]: {expected}")
    assert wrong == [], "write these lines into includes/abbreviations.md"


def test_term_in_text_but_not_in_code_has_a_tooltip() -> None:
    included = "includes/abbreviations.md"
    assert f"- {included}\n" in Path(ROOT, "mkdocs.yml").read_text(encoding="utf-8")
    html = markdown(
        "Two deadlocks, and `deadlock`.",
        extensions=["abbr", "pymdownx.snippets"],
        extension_configs={"pymdownx.snippets": {"auto_append": [included], "base_path": [ROOT]}},
    )
    known = {term: strip_markup(text) for term, text in read_definitions()}
    assert f'Two <abbr title="{known["Deadlock"]}">deadlocks</abbr>' in html
    assert "<code>deadlock</code>" in html
