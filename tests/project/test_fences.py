"""What the fences of a page name."""

from __future__ import annotations

import pytest
from helpers.repository import ROOT

from snippet_engine.project.fences import Embed, find_embeds

IMPORT = "from snippet_engine import show\n"


def on_page(code: str, info: str = 'python exec="on"', fence: str = "```") -> list[Embed]:
    """What a page with that fence in its third line shows."""
    return list(find_embeds(f"# Page\n\n{fence}{info}\n{code}{fence}\n\nWords.\n"))


def test_each_call_is_found_with_its_line() -> None:
    """Whatever the quotes, and wherever the line ends stand."""
    code = IMPORT + "print(show('a/b', {\n    'x': 'y',\n}))\nprint(show(\n    \"a/c\"))\n"
    assert on_page(code) == [Embed("show", "a/b", 5, {"x": "y"}), Embed("show", "a/c", 8)]
    assert on_page('compare("a/b", "a/c", page="a")\n') == [
        Embed("compare", "a/b", 4),
        Embed("compare", "a/c", 4),
    ]
    assert on_page('snippet_engine.show(name="a/b")\n') == [Embed("show", "a/b", 4)]


@pytest.mark.parametrize(
    ("notes", "found"),
    [('{"x": "y"}', {"x": "y"}), ('notes={"x": "y"}', {"x": "y"}), ("notes", {}), ('{"x": y}', {})],
)
def test_notes_are_found_where_they_are_written_out(notes: str, found: dict[str, str]) -> None:
    """What has first to be worked out is for markdown-exec."""
    assert on_page(f'print(show("a/b", {notes}))\n') == [Embed("show", "a/b", 4, found)]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (IMPORT, 3),
        (f"{IMPORT}print(show())\n", 5),
        (f'{IMPORT}print(show(""))\n', 5),
        (f"{IMPORT}print(show(name))\n", 5),
    ],
)
def test_a_fence_that_names_nothing_is_found(code: str, line: int) -> None:
    """It has no call, or one without a plain string."""
    assert on_page(code) == [Embed("show", None, line)]


@pytest.mark.parametrize(
    "info", ["python", 'python exec="off"', 'python exec="no"', 'console exec="on"', ""]
)
def test_what_is_not_run_shows_nothing(info: str) -> None:
    """Only a fence of Python with `exec` counts."""
    assert on_page('print(show("a/b"))\n', info) == []


def test_a_fence_in_a_fence_is_text() -> None:
    """A page may tell how a fence is written."""
    inner = '```python exec="on"\nprint(show("a/b"))\n```\n'
    assert find_embeds(f"~~~markdown\n{inner}~~~\n") == ()
    assert find_embeds(f"````markdown\n{inner}````\n{inner}") == (Embed("show", "a/b", 7),)


def test_an_indented_fence_counts_and_what_is_no_python_names_nothing() -> None:
    """Fences stand in lists too; a broken one is for markdown-exec to tell of."""
    assert on_page('    print(show("a/b"))\n', fence="    ```") == [Embed("show", "a/b", 4)]
    assert on_page("print(show(\n") == []


def test_every_fence_of_a_page_prints_html() -> None:
    """Without `html="on"` Markdown would take a panel apart to look inside, which is slow."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    fences = [line for page in pages for line in page.read_text().splitlines() if "exec=" in line]
    assert len(fences) > 90
    assert [line for line in fences if 'html="on"' not in line] == []


def test_closing_fence_may_be_longer_than_the_opening_one() -> None:
    fence = '```python exec="on"\nprint(show("a/{}"))\n`````\n'
    page = fence.format("b") + fence.format("c")
    assert find_embeds(page) == (Embed("show", "a/b", 2), Embed("show", "a/c", 5))
