"""Progress messages on standard error."""

from __future__ import annotations

import pytest

from snippet_engine.project.progress import print_progress


def test_log_gets_a_line_for_every_tenth_program_and_the_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for ended in (1, 10, 12):
        print_progress(ended, 12)
    log = capsys.readouterr().err
    assert log == "snippets: 10 of 12 have run\nsnippets: 12 of 12 have run\n"


def test_terminal_shows_one_line_that_is_updated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    print_progress(1, 2)
    print_progress(2, 2)
    assert capsys.readouterr().err == "\rsnippets: 1 of 2 have run\rsnippets: 2 of 2 have run\n"
