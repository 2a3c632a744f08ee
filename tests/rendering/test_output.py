"""The output of a run, with what varies and what other versions print."""

from __future__ import annotations

from helpers.handmade import Page, run_with
from helpers.programs import snippet_of

from snippet_engine.rendering.output import render_output


def test_what_varies_is_shown_as_it_was_and_marked() -> None:
    """The real value stands there, with a mark that says what it is."""
    snippet = snippet_of("pass\n", head="mask = [['n = \\d+', 'a count']]")
    page = Page(render_output(snippet, run_with("<b> n = 12 took 1.0234s & more"), "x"))
    assert page.all("samp")[0][1] == "<b> n = 12 took 1.0234s & more"
    marks = [(attrs["title"], text) for attrs, text in page.all("span", "varies")]
    assert marks == [("varies: a count", "n = 12"), ("varies: duration", "1.0234s")]


RECORDINGS = "#: output\n#> a\n#: output on Python 3.13\n#> <c>\n#! e\n"


def test_versions_that_print_something_else_are_tabs() -> None:
    """The tab of this run is open; the others show what was recorded."""
    page = Page(render_output(snippet_of("pass\n", recording=RECORDINGS), run_with("a"), "x"))
    assert [text for _, text in page.all("label")] == [
        "Python 3.11 and 3.12 this run",
        "Python 3.13, 3.14 and 3.15 recorded",
    ]
    assert ["checked" in attrs for attrs, _ in page.all("input")] == [True, False]
    assert {attrs["name"] for attrs, _ in page.all("input")} == {"x-python"}
    assert len(page.all("li", "line")) == 1
    [(_, recorded)] = page.all("div", "snippet-recorded")
    assert recorded == "<c>e"


def test_the_tab_of_a_version_with_its_own_recording_is_open_on_it() -> None:
    """Whichever interpreter the site is built with."""
    snippet = snippet_of("pass\n", recording=RECORDINGS)
    page = Page(render_output(snippet, run_with("<c>", "!e", python="3.13.2"), "x"))
    assert [text for _, text in page.all("label")] == [
        "Python 3.11 and 3.12 recorded",
        "Python 3.13, 3.14 and 3.15 this run",
    ]
    later = Page(render_output(snippet, run_with("<c>", "!e", python="3.16.0"), "x"))
    assert later.all("label")[1][1] == "Python 3.13, 3.14, 3.15 and 3.16 this run"


def test_where_all_versions_print_the_same_there_are_no_tabs() -> None:
    """One recording is one output."""
    plain = snippet_of("pass\n", recording="#: output\n#> a\n")
    assert "<input" not in render_output(plain, run_with("a"), "x")
    assert "<input" not in render_output(snippet_of("pass\n"), run_with("a"), "x")


def test_lines_of_the_standard_library_vary_as_a_whole() -> None:
    """A frame's file, source text and carets change with a patch release of Python."""
    frame = ['!  File "/python/threading.py", line 9, in run', "!    self.run()", "!    ~~~~~~~~^^"]
    page = Page(render_output(snippet_of("pass\n"), run_with("!Traceback", *frame, "!E: x"), "x"))
    marks = [(attrs["title"], text) for attrs, text in page.all("span", "varies")]
    assert marks == [("varies: standard library", text[1:].strip()) for text in frame]
