"""A run in a terminal, wide, narrow, without colours, and in a pipe."""

from __future__ import annotations

import io
import re

import pytest
from helpers.handmade import make_main_worker, make_nine_threads, make_run
from helpers.programs import build_snippet

from snippet_engine.rendering.terminal import Terminal, print_run
from snippet_engine.run import Line, Run

SNIPPET = build_snippet("pass\n")
COLOUR = re.compile(r"\x1b\[[\d;]*3[1-7]")


def print_to_text(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, tty: bool = False, columns: int = 80
) -> str:
    """Return what is printed of `run`."""
    file = io.StringIO()
    if tty:
        monkeypatch.setattr(file, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    print_run(SNIPPET, run, Terminal(file))
    return file.getvalue()


@pytest.fixture(autouse=True)
def remove_preferences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove preferences of the user who runs the tests."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_title_caption_timeline_output_and_facts_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = print_to_text(make_nine_threads(), monkeypatch).splitlines()
    assert rows[0] == "A program"
    assert rows[1] == "9 threads wait in sleep concurrently, 0.04 s to 1.04 s."
    assert rows[3].startswith("main ")
    assert "  1.04 s target 9   x ** y = 9" in rows
    assert rows[-1] == "1.07 s, 0.10 s of CPU, 8 MiB, exit 0, Python 3.12.1"


def test_colours_are_used_only_in_a_terminal_without_no_color(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coloured = print_to_text(make_nine_threads(), monkeypatch, tty=True)
    piped = print_to_text(make_nine_threads(), monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    without = print_to_text(make_nine_threads(), monkeypatch, tty=True)
    assert COLOUR.search(coloured)
    assert "\x1b" not in piped
    assert not COLOUR.search(without)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == piped


def test_standard_error_is_marked_and_markup_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [Line(0.5, "stderr", "[bold]:smile:[/x]", "w0"), Line(0.6, "stdout", "a", None)]
    text = print_to_text(make_run([make_main_worker()], lines=lines), monkeypatch)
    assert "  0.50 s main ! [bold]:smile:[/x]\n" in text
    assert "  0.60 s        a\n" in text


def test_long_line_is_wrapped_in_a_terminal_but_not_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make_run([make_main_worker()], lines=[Line(0.5, "stdout", "x" * 100, "w0")])
    rows = re.sub(
        r"\x1b\[[\d;]*m", "", print_to_text(run, monkeypatch, tty=True, columns=50)
    ).splitlines()
    assert all(len(row) <= 60 for row in rows if "x" in row and "exit" not in row)
    assert "".join(re.findall("x+$", "\n".join(rows), re.MULTILINE)) == "x" * 100
    assert "x" * 100 + "\n" in print_to_text(run, monkeypatch)


def test_empty_output_is_described_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "It prints nothing." in print_to_text(make_run([make_main_worker()]), monkeypatch)
