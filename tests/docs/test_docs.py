"""Python fences of README and docs that the site does not run are checked here."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.repository import LIBRARY, ROOT
from pytest_examples import CodeExample, EvalExample, find_examples

from snippet_engine.project.fences import embeds_of

PAGES = [*sorted(Path(ROOT).glob("*.md")), *sorted(Path(ROOT, "docs").glob("**/*.md"))]
FENCES = [
    example
    for example in find_examples(*PAGES)
    if "exec=" not in example.prefix or example.path.parent == ROOT
]


def stands(example: CodeExample) -> str:
    """What is wrong with a fence that shows a snippet file or a page's fence."""
    if "exec=" in example.prefix:
        named = [one.name for one in embeds_of(f'```python exec="on"\n{example.source}\n```\n')]
        strays = [name for name in named if name not in LIBRARY.names()]
        return f"there is no snippet {strays[0]}" if strays else ""
    texts = {LIBRARY.path(name).read_text(encoding="utf-8") for name in LIBRARY.names()}
    return "" if example.source in texts else "it shows a snippet file that is not in snippets/"


@pytest.fixture
def plain_example(
    tmp_path: Path, request: pytest.FixtureRequest, _examples_to_update: list[CodeExample]
) -> EvalExample:
    """pytest-examples as it comes, for short fences with `#>` after each print."""
    return EvalExample(tmp_path=tmp_path, pytest_request=request)


@pytest.mark.parametrize("example", FENCES, ids=str)
def test_fence(example: CodeExample, plain_example: EvalExample) -> None:
    """A fence that shows a snippet shows it as it is; any other runs and prints what it says."""
    if "exec=" in example.prefix or example.source.startswith("# /// script"):
        assert stands(example) == "", f"{example}: copy the file again"
    else:
        plain_example.lint_ruff(example)
        plain_example.run_print_check(example)


def test_there_are_fences_to_check() -> None:
    """README shows a snippet file, so the list is not empty."""
    assert any(example.path.name == "README.md" for example in FENCES)


def test_a_stale_copy_and_an_unknown_name_are_found() -> None:
    """The check of fences finds a snippet that was edited, and one that is not there."""
    stale = CodeExample.create("# /// script\n# ///\nprint()\n")
    assert "not in snippets/" in stands(stale)
    unknown = CodeExample.create('print(show("threads/none"))\n', prefix='python exec="on"')
    assert stands(unknown) == "there is no snippet threads/none"


def test_no_file_names_a_registry() -> None:
    """The lock holds versions and hashes, and no address of an index."""
    lock = Path(ROOT, "requirements.txt").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "http" not in lock
    assert "index-url" not in lock
