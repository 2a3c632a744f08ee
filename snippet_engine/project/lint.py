"""Lint programs with ruff: one configuration for `snippets check` and the tests."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from snippet_engine.project.faults import Fault

TARGET = "py311"
SELECT = ("I", "B", "W")
# Rules for the engine's code that a program need not follow. The talk writes loops on one line
# (E701, E702), and so may the programs beside it. Width is judged by `program_rules`.
IGNORE = ("E501", "E701", "E702", "PT", "PTH", "RUF", "S", "SIM")


class LintError(RuntimeError):
    """ruff could not be run: one line."""


def is_installed() -> bool:
    """Whether ruff is here; it is a dependency of development only."""
    return importlib.util.find_spec("ruff") is not None


def lint(root: Path, paths: Iterable[PurePosixPath]) -> list[Fault]:
    """What ruff finds in the files `paths`, relative to `root`, by the project's rules.

    Raises LintError where ruff cannot be run.
    """
    files = {str(Path(root, path).resolve()): path for path in paths}
    if not files:
        return []
    options = ["--no-cache", "--output-format=json", f"--target-version={TARGET}"]
    options += [f"--extend-select={','.join(SELECT)}", f"--ignore={','.join(IGNORE)}"]
    if (config := root.resolve() / "pyproject.toml").is_file():
        options.append(f"--config={config}")  # else a draft elsewhere has other rules
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, "--", *files],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode not in (0, 1):
        raise LintError(f"ruff failed: {' '.join(done.stderr.split())}")
    return [
        Fault(
            files[one["filename"]],
            one["location"]["row"],
            f"{one['code'] or 'syntax'}: {one['message']}",
        )
        for one in json.loads(done.stdout)
    ]
