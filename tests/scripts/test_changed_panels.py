"""The summary of the panels that a pull request changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from html import unescape
from pathlib import Path

import pytest
from changed_panels import (
    MAX_DIFF,
    MAX_DIFFS,
    Change,
    Panel,
    compare_panels,
    escape,
    format_summary,
)
from helpers.browser import build_site
from helpers.projects import format_fence, make_small_project
from helpers.repository import ROOT
from markdown_it import MarkdownIt

from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.parser import parse_snippet

HEAD = "# /// script\n# [tool.snippet]\n# title = 'A'\n{}# ///\n"
NASTY = "a|b](x) <img src=x onerror=alert(1)> `c` **d** @everyone #12 www.x.example\n## e"


def make_snippet(keys: str = "") -> Snippet:
    """Return the snippet `threads/a` with these lines in its metadata."""
    head = HEAD.format("".join(f"# {line}\n" for line in keys.splitlines()))
    return parse_snippet(f"{head}print(1)\n", Path("snippets/threads/a.py"), "threads/a")


def make_panel(
    *lines: str, ending: str = "exit 0", code: str = "print(1)", threads: int = 1
) -> Panel:
    """Return the panel of `threads/a`, which printed `lines`."""
    lanes = {"process": 1, "thread": threads}
    printed = [("stdout", line) for line in lines]
    return Panel("threads/a", "threads/#threads-a", code, ending, False, printed, lanes)  # type: ignore[arg-type]


def compare(old: Panel, new: Panel, keys: str = "") -> list[str]:
    """Return the phrases for the changes between two panels of one snippet."""
    changes = compare_panels(
        {"threads/a": old}, {"threads/a": new}, lambda name: make_snippet(keys)
    )
    return [phrase for change in changes for phrase in change.phrases]


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        (make_panel(), make_panel(code="print(2)"), ["program"]),
        (make_panel("x"), make_panel("y"), ["output"]),
        (make_panel("x"), make_panel("x", "x"), ["output"]),
        (make_panel(), make_panel(ending="stopped"), ["ending: exit 0 → stopped"]),
        (make_panel(ending=""), make_panel(), ["ending: not run → exit 0"]),
        (
            make_panel(threads=9),
            make_panel(threads=10),
            ["lanes: 1 process, 9 thread → 1 process, 10 thread"],
        ),
        (make_panel(), Panel("threads/a", "threads/", failed=True), ["can no longer be shown"]),
        (Panel("threads/a", "threads/", failed=True), make_panel(), ["can be shown again"]),
    ],
)
def test_change_is_reported(old: Panel, new: Panel, phrases: list[str]) -> None:
    assert compare(old, new) == phrases


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        (make_panel("took 0.1 s", "at 0x7f00aa11"), make_panel("took 9.25 s", "at 0x7f00bb22"), ""),
        (make_panel("n = 1"), make_panel("n = 2"), "mask = [['\\d+', 'a number']]"),
        (make_panel("x", "y"), make_panel("y", "x"), 'lines = "any-order"'),
        (make_panel("x", "y"), make_panel("y", "y", "x"), 'lines = "each-kind"'),
        (make_panel("x", "y"), make_panel("x", "y", "z"), "stops = 1.5"),
        (
            make_panel("1", threads=1),
            make_panel("2", ending="stopped", threads=3),
            "[[tool.snippet.outcomes]]\nname = 'one'\ngrade = 'expected'\nsays = 'One.'\n"
            "pattern = '.'",
        ),
    ],
)
def test_permitted_variation_is_not_reported(old: Panel, new: Panel, keys: str) -> None:
    """Times, addresses, masks, free orders, endless programs and races may vary."""
    assert compare(old, new, keys) == []


def test_added_and_removed_panels_are_reported() -> None:
    """The removed panel has no link."""
    first, second = make_panel(), Panel("threads/b", "threads/#threads-b")
    changes = compare_panels({"threads/a": first}, {"threads/b": second}, lambda name: None)
    assert [(change.panel.name, change.phrases) for change in changes] == [
        ("threads/a", ("removed",)),
        ("threads/b", ("added",)),
    ]
    rows = [line for line in format_summary(changes).splitlines() if line.startswith("| ")]
    assert rows[2] == "| threads/a | removed |"
    assert rows[3] == "| [threads/b](http://localhost:8000/threads/#threads-b) | added |"


def test_summary_without_changes_is_a_sentence() -> None:
    assert "No panel of the site has changed." in format_summary([])


def test_untrusted_text_is_escaped() -> None:
    """A name with markup, links, mentions and newlines makes no element and is shown whole."""
    change = Change(Panel(NASTY, f"threads/#{NASTY}"), ("ending: " + NASTY,))
    summary = format_summary([change], "https://a.example")
    html = MarkdownIt("commonmark").enable("table").render(summary)
    elements = re.findall(r"<(\w+)", html)
    assert Counter(elements) == Counter(
        ["h2", "p", "a", "code", "table", "thead", "tbody", "tr", "th", "th", "tr", "td", "a", "td"]
    )
    text = unescape(re.sub(r"<[^>]*>", "", html))
    assert text.replace("\u2060", "").count(NASTY.replace("\n", " ")) == 2
    assert not re.search(r"[@#]\w", text)


def test_snippet_names_are_not_escaped() -> None:
    assert escape("threads/thread-pool 9") == "threads/thread-pool 9"


def test_diff_cannot_close_its_fence() -> None:
    change = Change(make_panel(), ("output",), "-a\n+```\n+<b>out</b>\x1b[31m")
    assert "````diff\n-a\n+```\n+<b>out</b>\ufffd[31m\n````" in format_summary([change])


def test_long_diffs_are_truncated() -> None:
    """Each diff has a maximum, and so have all together."""
    change = Change(make_panel(), ("output",), "+" + "x" * 3 * MAX_DIFF)
    assert len(format_summary([change])) < 2 * MAX_DIFF
    assert len(format_summary([change] * 300)) < MAX_DIFFS + 300 * 400


def run_script(base: Path, head: Path, project: Path) -> str:
    """Run `changed_panels.py` in the folder `project` and return what it prints."""
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


def write_panels(site: Path, *panels: Panel) -> Path:
    """Write `panels` into the folder `site`, as a build does."""
    site.mkdir()
    (site / "panels.json").write_text(json.dumps([asdict(panel) for panel in panels]))
    return site


def test_two_sites_are_compared(tmp_path: Path) -> None:
    base = write_panels(tmp_path / "base", make_panel("one", code="print('one')"))
    head = write_panels(tmp_path / "head", make_panel("two", code="print('two')"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "snippets" / "threads" / "a.py").write_text(f"{HEAD.format('')}print('two')\n")
    summary = run_script(base, head, tmp_path)
    row = "| [threads/a](http://localhost:8000/threads/#threads-a) | program&#59; output |"
    assert row in summary
    assert "-one\n+two\n" in summary


@pytest.mark.slow
def test_two_built_sites_are_compared(tmp_path: Path) -> None:
    """Only the changes between two builds are reported, with a diff of the output."""
    names = [
        "one-at-a-time/take-a-look",
        "queues/import-queue",
        "threads/stop-with-an-event",
        "threads/whole-lines",
    ]
    project = make_small_project(tmp_path / "project", names)
    base, head = tmp_path / "base", tmp_path / "head"
    result = build_site(project, base)
    assert result.returncode == 0, result.stderr
    assert "No panel of the site has changed." in run_script(base, base, project)

    look = project / "snippets" / "one-at-a-time" / "take-a-look.py"
    look.write_text(look.read_text().replace("Let's take a look!", "Let's look!"))
    (project / "snippets" / "queues" / "import-queue.py").unlink()
    (project / "docs" / "queues.md").write_text("# A page\n")
    new = project / "snippets" / "queues" / "new.py"
    new.write_text(HEAD.format("") + "print(1)\n#: output\n#> 1\n")
    with (project / "docs" / "queues.md").open("a") as page:
        page.write("\n" + format_fence("queues/new"))
    result = build_site(project, head)
    assert result.returncode == 0, result.stderr

    summary = run_script(base, head, project)
    rows = [line for line in summary.splitlines() if line.startswith("| ")]
    server = "http://localhost:8000/"
    assert rows[2:] == [
        f"| [one-at-a-time/take-a-look]({server}one-at-a-time/#one-at-a-time-take-a-look)"
        " | program&#59; output |",
        "| queues/import-queue | removed |",
        f"| [queues/new]({server}queues/#queues-new) | added |",
    ]
    assert "-Let's take a look!\n+Let's look!" in summary
    assert "[the built site](u:r/l)" in summary


def test_missing_base_is_no_error(tmp_path: Path) -> None:
    head = write_panels(tmp_path / "head")
    assert "nothing is compared" in run_script(tmp_path / "none", head, tmp_path)
