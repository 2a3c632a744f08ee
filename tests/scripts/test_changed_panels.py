"""What a pull request's summary tells of the panels that it changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from built_panels import Panel
from changed_panels import MOST_OF_A_DIFF, MOST_OF_ALL_DIFFS, Change, changes, plain, summary
from helpers.browser import build
from helpers.handmade import a_run, main
from helpers.projects import fence, small_project
from helpers.repository import ROOT
from markdown_it import MarkdownIt

from snippet_engine.rendering.panel import render_panel
from snippet_engine.run import Line
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.parser import parse

HEAD = "# /// script\n# [tool.snippet]\n# title = 'A'\n{}# ///\n"
NASTY = "a|b](x) <img src=x onerror=alert(1)> `c` **d** @everyone #12 www.x.example\n## e"


def a_snippet(keys: str = "") -> Snippet:
    """A snippet with those lines in its head."""
    head = HEAD.format("".join(f"# {line}\n" for line in keys.splitlines()))
    return parse(f"{head}print(1)\n", Path("snippets/threads/a.py"), "threads/a")


def a_panel(*lines: str, ending: str = "exit 0", code: str = "print(1)", threads: int = 1) -> Panel:
    """The panel of `threads/a`, which printed `lines`."""
    printed = [("stdout", line) for line in lines]
    lanes = Counter(process=1, thread=threads)
    return Panel("threads/a", "threads/#threads-a", ending, False, code, printed, lanes)  # type: ignore[arg-type]


def told(was: Panel, now: Panel, keys: str = "") -> list[str]:
    """What is said to have changed between those two."""
    found = changes({"threads/a": was}, {"threads/a": now}, lambda name: a_snippet(keys))
    return [what for change in found for what in change.what]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (a_panel(), a_panel(code="print(2)"), ["program"]),
        (a_panel("x"), a_panel("y"), ["output"]),
        (a_panel("x"), a_panel("x", "x"), ["output"]),
        (a_panel(), a_panel(ending="stopped"), ["ending: exit 0 → stopped"]),
        (a_panel(ending=""), a_panel(), ["ending: not run → exit 0"]),
        (
            a_panel(threads=9),
            a_panel(threads=10),
            ["lanes: 1 process, 9 thread → 1 process, 10 thread"],
        ),
        (a_panel(), Panel("threads/a", "threads/", failed=True), ["can no longer be shown"]),
        (Panel("threads/a", "threads/", failed=True), a_panel(), ["can be shown again"]),
    ],
)
def test_a_change_is_told(was: Panel, now: Panel, said: list[str]) -> None:
    """Program, output, ending, lanes, and whether it can be shown at all."""
    assert told(was, now) == said


@pytest.mark.parametrize(
    ("was", "now", "keys"),
    [
        (a_panel("took 0.1 s", "at 0x7f00aa11"), a_panel("took 9.25 s", "at 0x7f00bb22"), ""),
        (a_panel("n = 1"), a_panel("n = 2"), "mask = [['\\d+', 'a number']]"),
        (a_panel("x", "y"), a_panel("y", "x"), 'lines = "any-order"'),
        (a_panel("x", "y"), a_panel("y", "y", "x"), 'lines = "each-kind"'),
        (a_panel("x", "y"), a_panel("x", "y", "z"), "stops = 1.5"),
        (
            a_panel("1", threads=1),
            a_panel("2", ending="stopped", threads=3),
            "[[tool.snippet.outcomes]]\nname = 'one'\ngrade = 'expected'\nsays = 'One.'\n"
            "pattern = '.'",
        ),
    ],
)
def test_chance_is_no_change(was: Panel, now: Panel, keys: str) -> None:
    """Times, addresses, masks, free orders, endless programs and races tell nothing."""
    assert told(was, now, keys) == []


def test_added_and_removed_panels_are_told() -> None:
    """A panel on one of the sites only; the removed one has no link."""
    one, two = a_panel(), Panel("threads/b", "threads/#threads-b")
    found = changes({"threads/a": one}, {"threads/b": two}, lambda name: None)
    assert [(change.panel.name, change.what) for change in found] == [
        ("threads/a", ("removed",)),
        ("threads/b", ("added",)),
    ]
    rows = [line for line in summary(found).splitlines() if line.startswith("| ")]
    assert rows[2] == "| threads/a | removed |"
    assert rows[3] == "| [threads/b](http://localhost:8000/threads/#threads-b) | added |"


def test_nothing_changed_is_said() -> None:
    """An unchanged site gets a sentence, not an empty table."""
    assert "No panel of the site has changed." in summary([])


def test_what_strangers_wrote_is_only_shown() -> None:
    """A name with markup, links, mentions and line ends makes no element, and is all there."""
    change = Change(Panel(NASTY, f"threads/#{NASTY}"), ("ending: " + NASTY,))
    html = MarkdownIt("commonmark").enable("table").render(summary([change], "https://a.example"))
    elements = re.findall(r"<(\w+)", html)
    assert Counter(elements) == Counter(
        ["h2", "p", "a", "code", "table", "thead", "tbody", "tr", "th", "th", "tr", "td", "a", "td"]
    )
    shown = unescape(re.sub(r"<[^>]*>", "", html)).replace("\u2060", "")
    assert shown.count(NASTY.replace("\n", " ")) == 2
    assert not re.search(r"[@#]\w", unescape(re.sub(r"<[^>]*>", "", html)))


def test_plain_words_stay_readable() -> None:
    """Names of programs stand in the summary as they are."""
    assert plain("threads/thread-pool 9") == "threads/thread-pool 9"


def test_a_diff_cannot_close_its_fence() -> None:
    """Output with a fence in it stays within the block of code."""
    change = Change(a_panel(), ("output",), "-a\n+```\n+<b>out</b>\x1b[31m")
    text = summary([change])
    assert "````diff\n-a\n+```\n+<b>out</b>\ufffd[31m\n````" in text


def test_a_summary_stays_within_its_room() -> None:
    """However much is printed, diffs are cut, each one and all together."""
    change = Change(a_panel(), ("output",), "+" + "x" * 3 * MOST_OF_A_DIFF)
    assert len(summary([change])) < 2 * MOST_OF_A_DIFF
    assert len(summary([change] * 300)) < MOST_OF_ALL_DIFFS + 300 * 400


def changed(base: Path, head: Path, project: Path) -> str:
    """What the command prints, run in `project`."""
    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "changed_panels.py", base, head, "--artifact", "u:r/l"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_two_sites_are_compared(tmp_path: Path) -> None:
    """Of two folders with panels as the engine draws them, what was changed is told."""
    for folder, text in (("base", "one"), ("head", "two")):
        snippet = parse(f"{HEAD.format('')}print('{text}')\n", Path("a.py"), "threads/a")
        run = a_run([main()], lines=[Line(0.1, "stdout", text, "w0")])
        (tmp_path / folder / "threads").mkdir(parents=True)
        (tmp_path / folder / "index.html").touch()
        page = tmp_path / folder / "threads" / "index.html"
        page.write_text(f"<html><body>{render_panel(snippet, run)}</body></html>")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "snippets" / "threads" / "a.py").write_text(f"{HEAD.format('')}print('two')\n")
    told = changed(tmp_path / "base", tmp_path / "head", tmp_path)
    assert "| [threads/a](http://localhost:8000/threads/#threads-a) | program&#59; output |" in told
    assert "-one\n+two\n" in told


@pytest.mark.slow
def test_two_built_sites_are_compared(tmp_path: Path) -> None:
    """Of two real builds, only what was changed between them is told, with its diff."""
    names = [
        "one-at-a-time/take-a-look",
        "queues/import-queue",
        "threads/stop-with-an-event",
        "threads/whole-lines",
    ]
    project = small_project(tmp_path / "project", names)
    base, head = tmp_path / "base", tmp_path / "head"
    result = build(project, base)
    assert result.returncode == 0, result.stderr
    assert "No panel of the site has changed." in changed(base, base, project)

    look = project / "snippets" / "one-at-a-time" / "take-a-look.py"
    look.write_text(look.read_text().replace("Let's take a look!", "Let's look!"))
    (project / "snippets" / "queues" / "import-queue.py").unlink()
    (project / "docs" / "queues.md").write_text("# A page\n")
    new = project / "snippets" / "queues" / "new.py"
    new.write_text(HEAD.format("") + "print(1)\n#: output\n#> 1\n")
    with (project / "docs" / "queues.md").open("a") as page:
        page.write("\n" + fence("queues/new"))
    result = build(project, head)
    assert result.returncode == 0, result.stderr

    text = changed(base, head, project)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    where = "http://localhost:8000/"
    assert rows[2:] == [
        f"| [one-at-a-time/take-a-look]({where}one-at-a-time/#one-at-a-time-take-a-look)"
        " | program&#59; output |",
        "| queues/import-queue | removed |",
        f"| [queues/new]({where}queues/#queues-new) | added |",
    ]
    assert "-Let's take a look!\n+Let's look!" in text
    assert "[the built site](u:r/l)" in text


def test_a_base_that_was_not_built_is_said(tmp_path: Path) -> None:
    """Where the site could not be built as it was, the summary says so and does not fail."""
    (tmp_path / "index.html").touch()
    assert "nothing is compared" in changed(tmp_path / "none", tmp_path, tmp_path)
