"""An evaluator for pytest-examples that runs snippets with the engine, not with `exec`."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
from pytest_examples import CodeExample, EvalExample

from snippet_engine.checking.check import check_run
from snippet_engine.checking.rerecording import RecordingError, rerecord
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project import lint
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.snippet_file import SnippetPath


class Recorded:
    """A run of a snippet, in place of the print statements of pytest-examples."""

    def __init__(self, runs: ProjectRuns, snippet: Snippet, run: Run) -> None:
        self.runs = runs
        self.snippet = snippet
        self.run = run

    def check_print_statements(self, example: CodeExample) -> None:
        """Fail with the difference and a hint if the run differs from its recording."""
        if wrong := check_run(self.snippet, self.run, self.runs.run_of):
            pytest.fail(f"{self.snippet.path}: {wrong}", pytrace=False)

    def updated_print_statements(self, example: CodeExample) -> str | None:
        """Return the file with a new recording, or None if the old one still agrees."""
        wrong = ""
        try:
            text = rerecord(
                self.snippet,
                self.run,
                self._run_again,
                self.runs.run_of,
                per_version=bool(os.environ.get("RECORD_OWN")),  # `make record PYTHON=3.13`
            ).text
            return text if text != example.source else None
        except (RecordingError, ExecutionError) as error:
            wrong = str(error)
        # After the handler, so that pytest does not print a chain of exceptions.
        pytest.fail(f"{self.snippet.path}: {wrong}", pytrace=False)

    def _run_again(self) -> Run:
        return execute(self.snippet, python=self.runs.python)


class SnippetExample(EvalExample):
    """An EvalExample for the snippets of a project."""

    def __init__(self, runs: ProjectRuns, **options: Any) -> None:
        super().__init__(**options)
        self.runs = runs
        self.set_config(
            target_version=lint.TARGET_VERSION,
            ruff_select=list(lint.SELECTED_RULES),
            ruff_ignore=list(lint.IGNORED_RULES),
        )

    def example(self, name: str) -> CodeExample:
        """Return the file of the snippet `name` as an example, in its own group."""
        path = SnippetPath(self.runs.project.path(name))
        example = CodeExample.create(path.read_text(), path=path)
        example.group = uuid4()
        return example

    def _run(self, example: CodeExample, *_: Any) -> tuple[Recorded, dict[str, Any]]:
        folder = self.runs.project.root / "snippets"
        name = example.path.relative_to(folder).with_suffix("").as_posix()
        skipped = wrong = ""
        try:
            return Recorded(self.runs, *self.runs.run(name)), {}
        except UnsupportedPythonError as error:
            skipped = str(error)
        except (SnippetError, ExecutionError) as error:
            wrong = str(error)
        if skipped:
            pytest.skip(skipped)
        pytest.fail(wrong, pytrace=False)
