"""What the pages say: measured numbers, British spelling, short plain sentences."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from helpers.repository import LIBRARY, ROOT
from markdown import markdown

from snippet_engine.project.plain_text import sentences
from snippet_engine.project.project_check import ProjectCheck
from snippet_engine.project.spelling import WORDS

DOCS = Path(ROOT, "docs")
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.glob("**/*.md"))


def page(name: str) -> str:
    """The Markdown of a page."""
    return Path(DOCS, name).read_text(encoding="utf-8")


@cache
def project() -> ProjectCheck:
    """This project, read once for all pages."""
    return ProjectCheck(ROOT)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_and_its_programs_follow_the_rules(name: str) -> None:
    """Its prose, its notes, and what the heads of its programs say: all in `prose_rules`."""
    chapter = name.removesuffix(".md")
    programs = [one for one in LIBRARY.names() if one.partition("/")[0] == chapter]
    files = (LIBRARY.path(one).relative_to(ROOT).as_posix() for one in programs)
    only = {PurePosixPath("docs", name), *map(PurePosixPath, files)}
    assert list(map(str, project().find_faults(only))) == []


def test_our_own_words_are_in_order() -> None:
    """The list is sorted, and has each word once."""
    words = Path(ROOT, WORDS).read_text(encoding="utf-8").split()
    assert words == sorted(set(words))


# The glossary


def definitions() -> list[tuple[str, str]]:
    """Each term of the glossary with what stands under it."""
    pieces = re.split(r"^#{2,3} ", page("glossary.md"), flags=re.MULTILINE)
    parts = (piece.partition("\n") for piece in pieces[1:])
    return [(term, " ".join(text.split())) for term, _, text in parts if text.strip()]


def meaning(text: str) -> str:
    """A definition in plain words, without the link to its chapter."""
    return re.sub(r"[`*]", "", re.sub(r" See \[[^]]*\]\([^)]*\)\.$", "", text))


def test_each_term_is_defined_once() -> None:
    """No term stands twice; each has at most two sentences, and a link to where it is shown."""
    counts = Counter(term.casefold() for term, _ in definitions())
    assert [term for term, count in counts.items() if count > 1] == []
    for term, text in definitions():
        assert re.search(r" See \[[^]]*\]\([\w-]+\.md[^)]*\)\.$", text), term
        assert 1 <= len(sentences(meaning(text))) <= 2, term


def test_the_definitions_to_point_at_are_the_glossarys() -> None:
    """What a reader sees who points at a term is what the glossary says."""
    known = {term.casefold(): meaning(text) for term, text in definitions()}
    wrong = []
    for line in Path(ROOT, "includes/abbreviations.md").read_text(encoding="utf-8").splitlines():
        term = re.match(r"\*\[([^]]+)\]:", line)
        assert term, f"not an abbreviation: {line!r}"
        forms = [re.sub(ending, "", term[1].casefold()) for ending in ("$", "s$", "es$")]
        found = next((known[form] for form in forms if form in known), "no such term")
        if line != f"*[{term[1]}]: {found}":
            wrong.append(f"*[{term[1]}]: {found}")
    assert wrong == [], "write these lines into includes/abbreviations.md"


def test_a_term_can_be_pointed_at() -> None:
    """A term in running text carries its definition; the same word in code does not."""
    included = "includes/abbreviations.md"
    assert f"- {included}\n" in Path(ROOT, "mkdocs.yml").read_text(encoding="utf-8")
    html = markdown(
        "Two deadlocks, and `deadlock`.",
        extensions=["abbr", "pymdownx.snippets"],
        extension_configs={"pymdownx.snippets": {"auto_append": [included], "base_path": [ROOT]}},
    )
    known = {term: meaning(text) for term, text in definitions()}
    assert f'Two <abbr title="{known["Deadlock"]}">deadlocks</abbr>' in html
    assert "<code>deadlock</code>" in html
