"""How a run differs, as the panel of a preview shows it."""

from __future__ import annotations

from helpers.handmade import Page, run_with
from helpers.programs import snippet_of

from snippet_engine.checking.check import check_run
from snippet_engine.rendering.mismatch_note import render_mismatch_note
from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Run

RECORDING = "#: output\n#> same\n#> <b>old</b>\n#! gone\n"


def note_of(run: Run, head: str = "") -> Page:
    """The box for `run`, compared with the recording above."""
    wrong = check_run(snippet_of("pass\n", head=head, recording=RECORDING), run)
    assert wrong is not None
    return Page(render_mismatch_note(wrong, run))


def test_both_outputs_are_shown_side_by_side() -> None:
    """Line by line, each stream for itself; what differs is marked, and text is no markup."""
    page = note_of(run_with("same", "new & more"))
    rows = [text for _, text in page.all("tr")]
    assert rows == [
        "RecordedPrinted",
        "stdout",
        "samesame",
        "<b>old</b>new & more",
        "stderr",
        "gone",
    ]
    assert [text for _, text in page.all("td", "differs")] == ["<b>old</b>", "new & more", "gone"]
    assert not page.all("b")
    [(_, command)] = page.all("code")
    assert command.startswith("make record NAME=")


def test_long_outputs_are_shown_where_they_differ() -> None:
    """With two lines that agree on each side, and a gap between."""
    recording = "#: output\n" + "".join(f"#> {n}\n" for n in range(40))
    run = run_with(*(f"{n}" if n not in (3, 30) else "x" for n in range(40)))
    wrong = check_run(snippet_of("pass\n", recording=recording), run)
    assert wrong is not None
    rows = [text for _, text in Page(render_mismatch_note(wrong, run)).all("tr")]
    assert rows[2:] == ["11", "22", "3x", "44", "55", "…", "2828", "2929", "30x", "3131", "3232"]


def test_other_faults_are_shown_with_their_reason() -> None:
    """A claim that does not hold has no outputs to compare."""
    run = run_with("same", "<b>old</b>", "!gone")
    page = note_of(run, "[tool.snippet.claims]\nlines = 4")
    assert "A claim does not hold: lines is 3, and should be 4." in page.all("p")[0][1]
    assert not page.all("table")


def test_a_python_newer_than_all_recordings_is_no_fault() -> None:
    """The box says which versions were recorded, and suggests no recording."""
    page = note_of(run_with("new", python="3.99.0"))
    [(_, said)] = page.all("p")
    assert said.startswith(
        "Python 3.99 is newer than the versions this program is recorded on (3.11 to 3.15)."
    )
    assert "is-newer" in page.all("div")[0][0]["class"]


def test_a_panel_has_the_box_where_something_is_wrong() -> None:
    """Above the program."""
    snippet = snippet_of("pass\n", recording=RECORDING)
    run = run_with("same")
    assert "snippet-mismatch" not in render_panel(snippet, run)
    html = render_panel(snippet, run, mismatch=check_run(snippet, run))
    assert html.index("snippet-mismatch") < html.index("highlight")
