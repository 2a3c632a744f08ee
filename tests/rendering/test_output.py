"""The output in a panel, with what varies and what other versions of Python print."""

from __future__ import annotations

import pytest
from helpers.handmade import Page, make_printed_run
from helpers.programs import build_snippet

from snippet_engine.rendering.output import split_lines
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Line, Run


def parse_output(run: Run, head: str = "", recording: str = "") -> Page:
    """Return the panel of a snippet with that metadata and recording."""
    return Page(render_panel(build_snippet("pass\n", head=head, recording=recording), run))


def test_varying_part_is_marked_with_its_name() -> None:
    run = make_printed_run("<b> n = 12 took 1.0234s & more")
    page = parse_output(run, head="mask = [['n = \\d+', 'a count']]")
    assert page.find_all("samp")[0][1] == "<b> n = 12 took 1.0234s & more"
    marks = [
        (attrs["title"], text)
        for attrs, text in page.find_all("span", "varies")
        if "title" in attrs
    ]
    assert marks == [("varies: a count", "n = 12"), ("varies: duration", "1.0234s")]


def test_line_of_the_standard_library_varies_except_its_indentation() -> None:
    frame = ['  File "/python/threading.py", line 9, in run', "    self.run()", "    ~~~~~~~~^^"]
    lines = [("stderr", text) for text in ("Traceback", *frame, "E: x")]
    first, *varying, last = split_lines(lines, ())
    assert (first, last) == ((("Traceback", ""),), (("E: x", ""),))
    for parts, text in zip(varying, frame, strict=True):
        indent = text[: len(text) - len(text.lstrip())]
        assert parts == ((indent, ""), (text.strip(), "standard library"))


def test_short_time_has_a_machine_readable_form_in_seconds() -> None:
    run = Run(0.1, 0.1, 1, "exit 0", make_printed_run().provenance, (Line(0.05, "stdout", "a"),))
    [(attrs, text)] = parse_output(run).find_all("time")
    assert (attrs["datetime"], text) == ("0.050s", "50 ms")


RECORDINGS = "#: output\n#> a\n#: output on Python 3.13\n#> <c>\n#! e\n"


def test_versions_that_print_something_else_are_tabs() -> None:
    page = parse_output(make_printed_run("a"), recording=RECORDINGS)
    assert [text for _, text in page.find_all("label")] == [
        "Python 3.11 and 3.12 this run",
        "Python 3.13, 3.14 and 3.15 recorded",
    ]
    assert ["checked" in attrs for attrs, _ in page.find_all("input")] == [True, False]
    assert {attrs["name"] for attrs, _ in page.find_all("input")} == {"tests-program-python"}
    assert len(page.find_all("li", "line")) == 1
    [(_, recorded)] = page.find_all("div", "snippet-recorded")
    assert recorded == "<c>e"


@pytest.mark.parametrize(
    ("python", "labels"),
    [
        ("3.13.2", ["3.11 and 3.12 recorded", "3.13, 3.14 and 3.15 this run"]),
        ("3.16.0", ["3.11 and 3.12 recorded", "3.13, 3.14, 3.15 and 3.16 this run"]),
    ],
)
def test_tab_of_the_running_version_is_open(python: str, labels: list[str]) -> None:
    page = parse_output(make_printed_run("<c>", "!e", python=python), recording=RECORDINGS)
    assert [text for _, text in page.find_all("label")] == [f"Python {label}" for label in labels]
    assert ["checked" in attrs for attrs, _ in page.find_all("input")] == [False, True]


@pytest.mark.parametrize("recording", ["#: output\n#> a\n", ""])
def test_without_differences_between_versions_there_are_no_tabs(recording: str) -> None:
    assert not parse_output(make_printed_run("a"), recording=recording).find_all("input")
