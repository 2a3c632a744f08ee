"""`snippets check`: all that stands where it should not, in a line each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import small_project

from snippet_engine.__main__ import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small copy of this project."""
    return small_project(tmp_path / "project", ["threads/thread-pool", "threads/whole-lines"])


def test_a_project_in_order_is_told_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 0, and an empty list as JSON."""
    assert main(["check"], root) == 0
    assert capsys.readouterr().out == "2 snippets, each once on the page of its chapter\n"
    assert main(["check", "--json"], root) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_each_fault_is_a_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is misplaced, and heads that cannot be read; nothing twice, and status 1."""
    spoilt = root / "snippets/threads/whole-lines.py"
    spoilt.write_text(spoilt.read_text().replace("# title", "# titlex"))
    (root / "snippets/none").mkdir()
    (root / "snippets/none/x.py").write_text("pass\n")
    assert main(["check"], root) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("snippets/none/x.py:1: there is no chapter 'none': move it")
    assert second.startswith("snippets/threads/whole-lines.py:6: unknown key 'titlex'")
    assert main(["check", "--json"], root) == 1
    told = json.loads(capsys.readouterr().out)
    assert [f"{one['path']}:{one['line']}: {one['message']}" for one in told] == [first, second]
