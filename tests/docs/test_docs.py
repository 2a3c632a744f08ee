"""Python fences of README and docs that the site does not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.repository import PROJECT, ROOT
from pytest_examples import CodeExample, EvalExample, find_examples

from snippet_engine.project.fences import find_embeds

PAGES = [*sorted(Path(ROOT).glob("*.md")), *sorted(Path(ROOT, "docs").glob("**/*.md"))]
FENCES = [
    example
    for example in find_examples(*PAGES)
    if "exec=" not in example.prefix or example.path.parent == ROOT
]


def find_fault(example: CodeExample) -> str:
    """Return the fault of a fence that shows a snippet file or an embed, or ""."""
    if "exec=" in example.prefix:
        names = [
            embed.name for embed in find_embeds(f'```python exec="on"\n{example.source}\n```\n')
        ]
        unknown = [name for name in names if name not in PROJECT.names()]
        return f"there is no snippet {unknown[0]}" if unknown else ""
    texts = {PROJECT.path(name).read_text(encoding="utf-8") for name in PROJECT.names()}
    return "" if example.source in texts else "it shows a snippet file that is not in snippets/"


@pytest.fixture
def plain_example(
    tmp_path: Path, request: pytest.FixtureRequest, _examples_to_update: list[CodeExample]
) -> EvalExample:
    """The default evaluator of pytest-examples, for fences with `#>` after each print."""
    return EvalExample(tmp_path=tmp_path, pytest_request=request)


@pytest.mark.parametrize("example", FENCES, ids=str)
def test_fence(example: CodeExample, plain_example: EvalExample) -> None:
    """A fence with a snippet file is equal to the file; any other prints what it shows."""
    if "exec=" in example.prefix or example.source.startswith("# /// script"):
        assert find_fault(example) == "", f"{example}: copy the file again"
    else:
        plain_example.lint_ruff(example)
        plain_example.run_print_check(example)


def test_fence_of_readme_is_checked() -> None:
    assert any(example.path.name == "README.md" for example in FENCES)


def test_outdated_copy_and_unknown_name_are_faults() -> None:
    stale = CodeExample.create("# /// script\n# ///\nprint()\n")
    assert "not in snippets/" in find_fault(stale)
    unknown = CodeExample.create('print(show("threads/none"))\n', prefix='python exec="on"')
    assert find_fault(unknown) == "there is no snippet threads/none"


def test_lock_has_hashes_and_no_index_url() -> None:
    lock = Path(ROOT, "requirements.txt").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "http" not in lock
    assert "index-url" not in lock
