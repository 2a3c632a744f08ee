"""Snippets that the fences of a page embed."""

from __future__ import annotations

import pytest
from helpers.repository import ROOT

from snippet_engine.project.fences import Embed, find_embeds

IMPORT = "from snippet_engine import show\n"


def find_embeds_of(code: str, info: str = 'python exec="on"', fence: str = "```") -> list[Embed]:
    """Return the embeds of a page with a fence in its third line."""
    return list(find_embeds(f"# Page\n\n{fence}{info}\n{code}{fence}\n\nWords.\n"))


def test_each_call_is_found_with_its_line() -> None:
    """With any quotes, and on several lines."""
    code = IMPORT + "print(show('a/b', {\n    'x': 'y',\n}))\nprint(show(\n    \"a/c\"))\n"
    assert find_embeds_of(code) == [Embed("show", "a/b", 5, {"x": "y"}), Embed("show", "a/c", 8)]
    assert find_embeds_of('compare("a/b", "a/c", page="a")\n') == [
        Embed("compare", "a/b", 4),
        Embed("compare", "a/c", 4),
    ]
    assert find_embeds_of('snippet_engine.show(name="a/b")\n') == [Embed("show", "a/b", 4)]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [('{"x": "y"}', {"x": "y"}), ('notes={"x": "y"}', {"x": "y"}), ("notes", {}), ('{"x": y}', {})],
)
def test_only_notes_that_are_literals_are_found(notes: str, expected: dict[str, str]) -> None:
    assert find_embeds_of(f'print(show("a/b", {notes}))\n') == [Embed("show", "a/b", 4, expected)]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (IMPORT, 3),
        (f"{IMPORT}print(show())\n", 5),
        (f'{IMPORT}print(show(""))\n', 5),
        (f"{IMPORT}print(show(name))\n", 5),
    ],
)
def test_fence_without_a_call_or_without_a_literal_name_has_no_name(code: str, line: int) -> None:
    assert find_embeds_of(code) == [Embed("show", None, line)]


@pytest.mark.parametrize(
    "info", ["python", 'python exec="off"', 'python exec="no"', 'console exec="on"', ""]
)
def test_fence_that_is_not_run_embeds_nothing(info: str) -> None:
    assert find_embeds_of('print(show("a/b"))\n', info) == []


def test_fence_in_a_fence_is_text() -> None:
    inner = '```python exec="on"\nprint(show("a/b"))\n```\n'
    assert find_embeds(f"~~~markdown\n{inner}~~~\n") == ()
    assert find_embeds(f"````markdown\n{inner}````\n{inner}") == (Embed("show", "a/b", 7),)


def test_indented_fence_is_found() -> None:
    """It may be in a list."""
    assert find_embeds_of('    print(show("a/b"))\n', fence="    ```") == [Embed("show", "a/b", 4)]


def test_fence_with_a_syntax_error_is_skipped() -> None:
    """The build reports it."""
    assert find_embeds_of("print(show(\n") == []


def test_every_fence_of_this_site_prints_html() -> None:
    """Without `html="on"`, Markdown would parse the HTML of a panel, which is slow."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    fences = [line for page in pages for line in page.read_text().splitlines() if "exec=" in line]
    assert len(fences) > 90
    assert [line for line in fences if 'html="on"' not in line] == []


def test_closing_fence_may_be_longer_than_the_opening_one() -> None:
    fence = '```python exec="on"\nprint(show("a/{}"))\n`````\n'
    page = fence.format("b") + fence.format("c")
    assert find_embeds(page) == (Embed("show", "a/b", 2), Embed("show", "a/c", 5))
