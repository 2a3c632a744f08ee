"""pytest-examples, with each snippet run by the engine in place of its own `exec`."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest
from pytest_examples import CodeExample, EvalExample

from snippet_engine.checking.check import disagreement
from snippet_engine.checking.rerecording import Unrecordable, rerecord
from snippet_engine.errors import ExecutionError, SnippetError
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project import lint
from snippet_engine.project.project import Library
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.snippet_file import SnippetPath


class Recorded:
    """A run of a snippet, which takes the place of pytest-examples' own print statements."""

    def __init__(self, library: Library, snippet: Snippet, run: Run) -> None:
        self.library = library
        self.snippet = snippet
        self.run = run

    def check_print_statements(self, example: CodeExample) -> None:
        """Fail with the difference and its remedy where the run does not agree."""
        if wrong := disagreement(self.snippet, self.run, self.library.run_of):
            pytest.fail(f"{self.snippet.path}: {wrong}", pytrace=False)

    def updated_print_statements(self, example: CodeExample) -> str | None:
        """The file with a new recording; None where the old one still agrees."""
        wrong = ""
        try:
            text = rerecord(
                self.snippet,
                self.run,
                self._run_again,
                self.library.run_of,
                own=bool(os.environ.get("RECORD_OWN")),  # `make record PYTHON=3.13`
            ).text
            return text if text != example.source else None
        except (Unrecordable, ExecutionError) as error:
            wrong = str(error)
        # Outside of the handler, so that pytest does not print how one led to the other.
        pytest.fail(f"{self.snippet.path}: {wrong}", pytrace=False)

    def _run_again(self) -> Run:
        return execute(self.snippet, python=self.library.python)


class SnippetExample(EvalExample):
    """An EvalExample whose examples are whole snippets of a library."""

    def __init__(self, library: Library, **options: Any) -> None:
        super().__init__(**options)
        self.library = library
        self.set_config(
            target_version=lint.TARGET,
            ruff_select=list(lint.SELECT),
            ruff_ignore=list(lint.IGNORE),
        )

    def example(self, name: str) -> CodeExample:
        """The snippet's file as an example of one group of its own."""
        path = SnippetPath(self.library.path(name))
        example = CodeExample.create(path.read_text(), path=path)
        example.group = uuid4()
        return example

    def _run(self, example: CodeExample, *_: Any) -> tuple[Recorded, dict[str, Any]]:
        folder = self.library.root / "snippets"
        name = example.path.relative_to(folder).with_suffix("").as_posix()
        skipped = wrong = ""
        try:
            return Recorded(self.library, *self.library.run(name)), {}
        except UnsupportedPythonError as error:
            skipped = str(error)
        except (SnippetError, ExecutionError) as error:
            wrong = str(error)
        if skipped:
            pytest.skip(skipped)
        pytest.fail(wrong, pytrace=False)
