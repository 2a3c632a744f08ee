"""Notes are tied to the lines of a program."""

from __future__ import annotations

import pytest
from helpers.handmade import Page
from helpers.programs import snippet_of

from snippet_engine.errors import SnippetError
from snippet_engine.rendering.code_block import render_code_block

CODE = "from time import sleep\n\nsleep(1)  # a while\nsleep(1)\nprint()\n"


def test_a_note_stands_under_the_program_and_has_the_number_of_its_line() -> None:
    """The first line that has the part; its number links to the note."""
    page = Page(
        render_code_block(snippet_of(CODE), {"print": "The *end*.", "sleep(1)": "`sleep` & `<b>`."})
    )
    notes = page.all("li")
    assert [text for _, text in notes] == ["sleep & <b>.", "The end."]
    assert [note["value"] for note, _ in notes] == ["3", "5"]
    numbers = page.all("a", "linenos")
    assert [number["data-linenos"].strip() for number, _ in numbers] == ["3", "5"]
    assert [number["href"] for number, _ in numbers] == [f"#{note['id']}" for note, _ in notes]


def test_two_notes_may_be_on_one_line() -> None:
    """Its number links to the first of them."""
    page = Page(render_code_block(snippet_of(CODE), {"from": "First.", "import": "Second."}))
    notes = page.all("li")
    assert [note["value"] for note, _ in notes] == ["1", "1"]
    assert [number["href"] for number, _ in page.all("a", "linenos")] == [f"#{notes[0][0]['id']}"]


def test_notes_change_nothing_that_is_copied() -> None:
    """The program is all the text there is in its block."""
    page = Page(render_code_block(snippet_of(CODE), {"sleep(1)": "Here."}))
    assert page.all("code")[0][1] == CODE


def test_without_notes_the_program_is_as_it_is() -> None:
    """No list and no mark."""
    page = Page(render_code_block(snippet_of(CODE), {}))
    assert page.all("code")[0][1] == CODE
    assert not page.all("ol")


def test_a_part_that_no_line_has_is_told() -> None:
    """The program was edited and its notes were not."""
    with pytest.raises(SnippetError, match="no line of the program has 'join' in it"):
        render_code_block(snippet_of(CODE), {"join": "It waits."})
