"""Linting of programs with ruff."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from helpers.repository import ROOT

from snippet_engine.project import lint

FILE = PurePosixPath("snippets/threads/x.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a project with the configuration of this one."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / FILE).parent.mkdir(parents=True)
    return tmp_path


def lint_text(root: Path, text: str) -> list[str]:
    """Return the faults that ruff finds in one file."""
    (root / FILE).write_text(text)
    return [str(fault) for fault in lint.lint_programs(root, [FILE])]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = 1\nimport os\n", "x.py:2: E402: Module level import not at top of file"),
        ("import os\n", "x.py:1: F401: `os` imported but unused"),
        ("x = 1 \n", "x.py:1: W291: Trailing whitespace"),
        ("def f(:\n    pass\n", "x.py:1: "),
    ],
)
def test_fault_has_its_line_and_rule(root: Path, text: str, fault: str) -> None:
    """A syntax error is a fault too."""
    assert any(f"snippets/threads/{fault}" in line for line in lint_text(root, text))


@pytest.mark.parametrize(
    "text",
    ["for x in range(3): print(x)\n", "x = 1; print(x)\n", "print('" + "x" * 90 + "')\n"],
)
def test_style_of_the_talk_is_allowed(root: Path, text: str) -> None:
    """It has loops and several statements on one line; another rule checks the width."""
    assert lint_text(root, text) == []


def test_ruff_is_called_once_for_all_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not called without files."""
    calls: list[Any] = []
    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: [calls.append(a), real(*a, **k)][1])
    other = FILE.with_name("y.py")
    for path in (FILE, other):
        (root / path).write_text("import os\n")
    assert {fault.path for fault in lint.lint_programs(root, [FILE, other])} == {FILE, other}
    assert len(calls) == 1
    assert lint.lint_programs(root, []) == []
    assert len(calls) == 1


def test_failure_of_ruff_is_an_error_of_one_line(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.ruff]\nno-such-key = 1\n")
    with pytest.raises(lint.LintError, match=r"^ruff failed: .*no-such-key") as error:
        lint_text(root, "pass\n")
    assert "\n" not in str(error.value)


def test_ruff_is_found_if_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lint.is_installed()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not lint.is_installed()
