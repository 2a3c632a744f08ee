"""Linting of programs with ruff, configured for `snippets check` and the tests."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from snippet_engine.project.faults import Fault

TARGET_VERSION = "py311"
SELECTED_RULES = ("I", "B", "W")
# Rules for the engine's code that programs need not follow. Like the talk, programs may write
# loops on one line (E701, E702); `program_rules` checks their width (E501).
IGNORED_RULES = ("D", "E501", "E701", "E702", "PT", "PTH", "RUF", "S", "SIM")


class LintError(RuntimeError):
    """Error for a failure to run ruff; the message is one line."""


def is_installed() -> bool:
    """Return True if ruff, a development dependency, is installed."""
    return importlib.util.find_spec("ruff") is not None


def lint_programs(root: Path, paths: Iterable[PurePosixPath]) -> list[Fault]:
    """Return the faults that ruff finds in the files `paths`, relative to `root`.

    Raise LintError if ruff cannot be run.
    """
    files = {str(Path(root, path).resolve()): path for path in paths}
    if not files:
        return []
    options = ["--no-cache", "--output-format=json", f"--target-version={TARGET_VERSION}"]
    options += [
        f"--extend-select={','.join(SELECTED_RULES)}",
        f"--ignore={','.join(IGNORED_RULES)}",
    ]
    if (config := root.resolve() / "pyproject.toml").is_file():
        options.append(f"--config={config}")  # also for a draft outside `root`
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, "--", *files],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
    )
    if result.returncode not in (0, 1):
        raise LintError(f"ruff failed: {' '.join(result.stderr.split())}")
    return [
        Fault(
            files[finding["filename"]],
            finding["location"]["row"],
            f"{finding['code'] or 'syntax'}: {finding['message']}",
        )
        for finding in json.loads(result.stdout)
    ]
