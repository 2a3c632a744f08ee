"""The commands of a contributor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from programs import text_of

from snippet_engine.__main__ import main
from snippet_engine.run import Run


def test_run_prints_lines_with_times_and_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of a file shows each line with its time, then how it ended."""
    path = tmp_path / "x.py"
    path.write_text(text_of("print('a')\n", recording="#: output\n#> a\n"))
    assert main(["run", str(path)]) == 0
    line, facts = capsys.readouterr().out.splitlines()
    assert line.endswith(" s   a")
    assert "exit 0" in facts


def test_run_gives_the_whole_run_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints what `Run.from_json` reads."""
    assert main(["run", "one-at-a-time/take-a-look", "--json"]) == 0
    out = capsys.readouterr().out
    assert Run.from_json(out).lines[0].text == "Let's take a look!"
    assert json.loads(out)["ending"] == "exit 0"


def test_a_run_that_differs_exits_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference from the recording is told on standard error."""
    path = tmp_path / "x.py"
    path.write_text(text_of("print('a')\n", recording="#: output\n#> b\n"))
    assert main(["run", str(path)]) == 1
    assert "differs from its recording" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["threads/none", "no/such/file.py"])
def test_what_cannot_be_run_exits_with_two(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown name is one line on standard error, no traceback."""
    assert main(["run", name]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_list_names_every_snippet_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    """The list has a line for each snippet."""
    assert main(["list"]) == 0
    assert "threads/thread-pool" in capsys.readouterr().out
