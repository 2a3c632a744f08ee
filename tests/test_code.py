"""Notes are tied to the lines of a program."""

from __future__ import annotations

import pytest
from handmade import Page
from programs import snippet_of

from snippet_engine.code import annotated
from snippet_engine.snippet import SnippetError

CODE = "from time import sleep\n\nsleep(1)  # a while\nsleep(1)\nprint()\n"


def test_a_note_stands_under_the_program_and_its_mark_on_the_line() -> None:
    """In a comment that Material turns into a button, on the first line that has the part."""
    page = Page(annotated(snippet_of(CODE), {"print": "The *end*.", "import": "`sleep` & `<b>`."}))
    assert [text for _, text in page.all("li")] == ["sleep & <b>.", "The end."]
    [(_, code)] = page.all("code", "")[:1]
    lines = code.splitlines()
    assert lines[0] == "from time import sleep# (1)!"
    assert lines[4] == "print()# (2)!"
    assert page.all("div", "annotate")


def test_a_comment_of_the_program_stays() -> None:
    """Its own mark does not make Material hide the comment."""
    page = Page(annotated(snippet_of(CODE), {"sleep(1)": "Here."}))
    assert page.all("code")[0][1].splitlines()[2] == "sleep(1)  # a while (1)"


def test_without_notes_the_program_is_as_it_is() -> None:
    """No list and no mark."""
    page = Page(annotated(snippet_of(CODE), {}))
    assert page.all("code")[0][1] == CODE
    assert not page.all("ol")


def test_a_part_that_no_line_has_is_told() -> None:
    """The program was edited and its notes were not."""
    with pytest.raises(SnippetError, match="no line of the program has 'join' in it"):
        annotated(snippet_of(CODE), {"join": "It waits."})
