"""The note in a panel on how a run differs from its recording."""

from __future__ import annotations

from helpers.handmade import Page, make_printed_run
from helpers.programs import build_snippet

from snippet_engine.checking.check import Mismatch, check_run
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run

RECORDING = "#: output\n#> same\n#> <b>old</b>\n#! gone\n"


def parse_panel(run: Run, head: str = "", recording: str = RECORDING) -> Page:
    """Return the panel for `run`, checked against a snippet with that recording."""
    snippet = build_snippet("pass\n", head=head, recording=recording)
    mismatch = check_run(snippet, run)
    assert mismatch is not None
    return Page(render_panel(snippet, run, mismatch=mismatch))


def test_recorded_and_printed_lines_are_side_by_side() -> None:
    page = parse_panel(make_printed_run("same", "new & more"))
    assert [text for _, text in page.find_all("tr")] == [
        "RecordedPrinted",
        "stdout",
        "samesame",
        "<b>old</b>new & more",
        "stderr",
        "gone",
    ]
    assert [text for _, text in page.find_all("td", "differs")] == [
        "<b>old</b>",
        "new & more",
        "gone",
    ]
    assert page.find_all("code")[0][1].startswith("make record NAME=")


def test_long_outputs_are_cut_to_the_differences_and_two_lines_around() -> None:
    recording = "#: output\n" + "".join(f"#> {n}\n" for n in range(40))
    run = make_printed_run(*(f"{n}" if n not in (3, 30) else "x" for n in range(40)))
    rows = [text for _, text in parse_panel(run, recording=recording).find_all("tr")]
    assert rows[2:] == ["11", "22", "3x", "44", "55", "…", "2828", "2929", "30x", "3131", "3232"]


def test_other_mismatch_is_shown_with_its_reason_and_no_table() -> None:
    run = make_printed_run("same", "<b>old</b>", "!gone")
    page = parse_panel(run, "[tool.snippet.claims]\nlines = 4")
    [(_, note)] = page.find_all("div", "snippet-mismatch")
    assert "A claim does not hold: lines is 3; it should be 4." in note
    assert not page.find_all("table")


def test_diff_without_outputs_to_compare_is_shown_as_it_is() -> None:
    mismatch = Mismatch("it differs", "record it", "n = <3>")
    page = Page(render_panel(build_snippet("pass\n"), make_printed_run("a"), mismatch=mismatch))
    assert "n = <3>" in [text for _, text in page.find_all("pre")]
    assert not page.find_all("table")


def test_python_newer_than_all_recordings_is_no_error() -> None:
    page = parse_panel(make_printed_run("new", python="3.99.0"))
    [(attrs, note)] = page.find_all("div", "snippet-mismatch")
    assert "is-newer" in (attrs["class"] or "")
    assert note.strip().startswith(
        "Python 3.99 is newer than the versions this program is recorded on (3.11 to 3.15)."
    )
    assert "make record" not in note


def test_note_is_above_the_program_and_only_where_something_differs() -> None:
    snippet = build_snippet("pass\n", recording=RECORDING)
    run = make_printed_run("same")
    assert "snippet-mismatch" not in render_panel(snippet, run)
    html = render_panel(snippet, run, mismatch=check_run(snippet, run))
    assert html.index("snippet-mismatch") < html.index("highlight")
