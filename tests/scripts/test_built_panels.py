"""Panels read back from pages: what the engine draws is what is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from built_panels import Panel, panels_of
from helpers.handmade import a_run, a_worker, main, nine_threads
from helpers.repository import LIBRARY

from snippet_engine.rendering.panel import render_failure, render_panel
from snippet_engine.run import Line, Run
from snippet_engine.snippet.parser import parse


def read_back(folder: Path, html: str, page: str = "threads/index.html") -> dict[str, Panel]:
    """The panels of a site that has `html` on one page."""
    (folder / page).parent.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").touch()
    (folder / page).write_text(f"<html><body><h1>Page</h1>{html}</body></html>", encoding="utf-8")
    return panels_of(folder)


def drawn(name: str, run: Run, notes: dict[str, str] | None = None) -> str:
    """The panel of a snippet of the project, as if run so."""
    return render_panel(LIBRARY.read(name), run, notes=notes)


def test_a_panel_is_read_as_it_was_drawn(tmp_path: Path) -> None:
    """Name, place, ending, program, lines and lanes come back from the HTML."""
    name = "threads/thread-for-each-task"
    run = nine_threads()
    found = read_back(tmp_path, drawn(name, run))[name]
    assert found.page == "threads/#threads-thread-for-each-task"
    assert found.ending == "exit 0"
    assert found.code.strip() == LIBRARY.read(name).code.strip()
    assert found.lines == [(line.stream, line.text) for line in run.lines]
    assert found.lanes == Counter(process=1, thread=9)
    assert not found.failed


def test_notes_are_no_part_of_the_program(tmp_path: Path) -> None:
    """What stands beneath it is not read as a part of it."""
    head = "# /// script\n# [tool.snippet]\n# title = 'A'\n# ///\n"
    snippet = parse(f"{head}x = 1  # one\ny = 2\n", Path("snippets/threads/a.py"), "threads/a")
    html = render_panel(snippet, nine_threads(), notes={"x =": "First.", "y =": "Second."})
    assert "Second." in html
    assert read_back(tmp_path, html)["threads/a"].code.strip() == snippet.code.strip()


def test_lines_keep_their_stream_and_what_looks_like_markup(tmp_path: Path) -> None:
    """Standard error stays standard error, and `<b>&amp;` is text."""
    lines = [Line(0.1, "stdout", "<b>&amp; 0.1234 s", "w0"), Line(0.2, "stderr", "no", "w0")]
    html = drawn("one-at-a-time/take-a-look", a_run([main()], lines=lines))
    found = read_back(tmp_path, html)["one-at-a-time/take-a-look"]
    assert found.lines == [("stdout", "<b>&amp; 0.1234 s"), ("stderr", "no")]


def test_outputs_of_other_versions_are_not_this_runs(tmp_path: Path) -> None:
    """Where tabs show what other versions of Python print, only this run's lines are read."""
    name = "shared-state/bytecode-of-an-assignment"
    assert len(LIBRARY.read(name).recordings) > 1
    run = a_run([main()], lines=[Line(0.1, "stdout", "mine", "w0")])
    html = drawn(name, run)
    assert "snippet-recorded" in html
    assert read_back(tmp_path, html)[name].lines == [("stdout", "mine")]


def test_lanes_past_the_last_are_counted(tmp_path: Path) -> None:
    """Of 40 threads, those that share the last lane count too."""
    run = a_run([main(), *(a_worker(number) for number in range(1, 41))])
    lanes = read_back(tmp_path, drawn("threads/thread-pool", run))["threads/thread-pool"].lanes
    assert lanes.total() == 41
    assert lanes["more"] > 1


def test_a_program_that_could_not_be_shown_is_one(tmp_path: Path) -> None:
    """The box in the place of a panel is read as a failure, and stands on its page."""
    found = read_back(tmp_path, render_failure("threads/broken", "why"))["threads/broken"]
    assert found.failed
    assert found.page == "threads/"


def test_several_panels_on_a_page_stay_apart(tmp_path: Path) -> None:
    """Each panel has its own lines, also on the first page, whose address is the site's."""
    one = a_run([main()], lines=[Line(0.1, "stdout", "one", "w0")])
    two = a_run([main()], lines=[Line(0.1, "stdout", "two", "w0")])
    html = drawn("threads/thread-pool", one) + "<p>two</p>" + drawn("threads/whole-lines", two)
    found = read_back(tmp_path, html, "index.html")
    assert [panel.lines for panel in found.values()] == [[("stdout", "one")], [("stdout", "two")]]
    assert found["threads/thread-pool"].page == "#threads-thread-pool"


def test_a_folder_that_is_no_site_is_refused(tmp_path: Path) -> None:
    """Where there is no first page, nothing was built."""
    with pytest.raises(FileNotFoundError, match="no built site"):
        panels_of(tmp_path)
