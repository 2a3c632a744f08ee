"""pytest-examples, with each snippet run by the engine in place of its own `exec`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from pytest_examples import CodeExample, EvalExample

from snippet_engine import lint
from snippet_engine.execution import ExecutionError, NotForThisPython
from snippet_engine.library import Library
from snippet_engine.matching import disagreement, renewed
from snippet_engine.run import Run
from snippet_engine.snippet import Snippet, SnippetError, SnippetPath


class Recorded:
    """What was printed, in the place of pytest-examples' own print statements."""

    def __init__(self, snippet: Snippet, run: Run, run_of: Callable[[str], Run]) -> None:
        self.snippet = snippet
        self.run = run
        self.run_of = run_of

    def check_print_statements(self, example: CodeExample) -> None:
        """Fail with the difference and its cure where the run does not agree."""
        if wrong := disagreement(self.snippet, self.run, self.run_of):
            pytest.fail(f"{self.snippet.path}: {wrong}", pytrace=False)

    def updated_print_statements(self, example: CodeExample) -> str | None:
        """The file with a new recording; None where the old one still agrees."""
        try:
            text = renewed(self.snippet, self.run).text
        except ValueError as error:
            pytest.fail(f"{self.snippet.path}: {error}", pytrace=False)
        return text if text != example.source else None


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
        try:
            snippet, run = self.library.run(name)
        except NotForThisPython as error:
            pytest.skip(str(error))
        except (SnippetError, ExecutionError) as error:
            pytest.fail(str(error), pytrace=False)
        return Recorded(snippet, run, self.library.run_of), {}
