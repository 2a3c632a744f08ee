"""A program as a code block with notes on its lines."""

from __future__ import annotations

import pytest
from helpers.handmade import Page
from helpers.programs import build_snippet

from snippet_engine.errors import SnippetError
from snippet_engine.rendering.code_block import render_code_block

CODE = "from time import sleep\n\nsleep(1)  # a while\nsleep(1)\nprint()\n"


def test_note_is_below_the_program_and_linked_from_its_line_number() -> None:
    page = Page(
        render_code_block(
            build_snippet(CODE), {"print": "The *end*.", "sleep(1)": "`sleep` & `<b>`."}
        )
    )
    notes = page.find_all("li")
    assert [text for _, text in notes] == ["sleep & <b>.", "The end."]
    assert [note["value"] for note, _ in notes] == ["3", "5"]
    numbers = page.find_all("a", "linenos")
    assert [number["data-linenos"].strip() for number, _ in numbers] == ["3", "5"]
    assert [number["href"] for number, _ in numbers] == [f"#{note['id']}" for note, _ in notes]


def test_line_number_links_to_the_first_of_two_notes() -> None:
    page = Page(render_code_block(build_snippet(CODE), {"from": "First.", "import": "Second."}))
    notes = page.find_all("li")
    assert [note["value"] for note, _ in notes] == ["1", "1"]
    assert [number["href"] for number, _ in page.find_all("a", "linenos")] == [
        f"#{notes[0][0]['id']}"
    ]


def test_notes_are_not_part_of_the_copied_code() -> None:
    page = Page(render_code_block(build_snippet(CODE), {"sleep(1)": "Here."}))
    assert page.find_all("code")[0][1] == CODE


def test_program_without_notes_has_no_list() -> None:
    page = Page(render_code_block(build_snippet(CODE), {}))
    assert page.find_all("code")[0][1] == CODE
    assert not page.find_all("ol")


def test_note_that_matches_no_line_is_an_error() -> None:
    with pytest.raises(SnippetError, match="no line of the program has 'join' in it"):
        render_code_block(build_snippet(CODE), {"join": "It waits."})
