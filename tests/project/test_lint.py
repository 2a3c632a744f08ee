"""Programs are linted by ruff, all in one call."""

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
    """A project with the configuration of this one."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / FILE).parent.mkdir(parents=True)
    return tmp_path


def lint_text(root: Path, text: str) -> list[str]:
    """What ruff finds in one file."""
    (root / FILE).write_text(text)
    return [str(one) for one in lint.lint_programs(root, [FILE])]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = 1\nimport os\n", "x.py:2: E402: Module level import not at top of file"),
        ("import os\n", "x.py:1: F401: `os` imported but unused"),
        ("x = 1 \n", "x.py:1: W291: Trailing whitespace"),
        ("def f(:\n    pass\n", "x.py:1: "),
    ],
)
def test_each_finding_has_its_place_and_its_rule(root: Path, text: str, fault: str) -> None:
    """A file that is no Python has findings, too."""
    assert any(f"snippets/threads/{fault}" in one for one in lint_text(root, text))


@pytest.mark.parametrize(
    "text",
    ["for x in range(3): print(x)\n", "x = 1; print(x)\n", "print('" + "x" * 90 + "')\n"],
)
def test_the_style_of_the_talk_is_allowed(root: Path, text: str) -> None:
    """Loops on one line, and statements; width is another rule."""
    assert lint_text(root, text) == []


def test_all_files_are_one_call_of_ruff(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none if there is no file."""
    calls: list[Any] = []
    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: [calls.append(a), real(*a, **k)][1])
    other = FILE.with_name("y.py")
    for path in (FILE, other):
        (root / path).write_text("import os\n")
    assert {one.path for one in lint.lint_programs(root, [FILE, other])} == {FILE, other}
    assert len(calls) == 1
    assert lint.lint_programs(root, []) == []
    assert len(calls) == 1


def test_a_ruff_that_fails_is_one_line(root: Path) -> None:
    """Such as for a configuration that it cannot read."""
    (root / "pyproject.toml").write_text("[tool.ruff]\nno-such-key = 1\n")
    with pytest.raises(lint.LintError, match=r"^ruff failed: .*no-such-key") as error:
        lint_text(root, "pass\n")
    assert "\n" not in str(error.value)


def test_whether_ruff_is_installed_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is here, for the tests need it."""
    assert lint.is_installed()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not lint.is_installed()
