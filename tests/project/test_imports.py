"""Checks of a program's imports and declared dependencies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import build_snippet
from helpers.repository import PROJECT, ROOT

from snippet_engine.project.imports import check_imports, find_imported_modules, read_dependencies
from snippet_engine.snippet.model import Snippet

ALLOWED = {"rich", "pandas"}
NAMES = ["tests/program", "queues/producer"]


def build_dependent_snippet(code: str, *dependencies: str, head: str = "") -> Snippet:
    """Return a snippet that declares `dependencies`."""
    return replace(build_snippet(code, head=head), dependencies=dependencies)


def find_faults(snippet: Snippet) -> list[str]:
    """Return the faults in the imports of a snippet, without the path of its file."""
    faults = check_imports(snippet, ALLOWED, NAMES)
    return [str(fault).removeprefix("snippets/tests/program.py:") for fault in faults]


def test_every_program_of_this_project_declares_what_it_imports() -> None:
    names, allowed = PROJECT.names(), read_dependencies(ROOT)
    assert {"pandas", "mkdocs-material", "markdown-exec"} <= allowed
    faults = [f for name in names for f in check_imports(PROJECT.read(name), allowed, names)]
    assert faults == []


@pytest.mark.parametrize(
    "code",
    [
        "import os, asyncio.subprocess\nfrom __future__ import annotations\n",
        "import __main__\n",
        "def f(:\n",  # reported by another rule
    ],
)
def test_standard_library_and_main_module_need_no_declaration(code: str) -> None:
    assert find_faults(build_snippet(code)) == []


def test_declared_dependency_may_be_imported_anywhere() -> None:
    """In the program, in its setup, or by a child process."""
    for code in ("import rich\n", "from rich.text import Text\n", "run('import rich')\n"):
        assert find_faults(build_dependent_snippet(code, "rich")) == []
    assert (
        find_faults(build_dependent_snippet("pass\n", "Rich>=14", head='setup = "import rich"'))
        == []
    )


def test_undeclared_import_is_reported_with_the_complete_declaration() -> None:
    assert find_faults(build_snippet("import os\nimport rich\n")) == [
        '6: imports rich; write `dependencies = ["rich"]` in the head'
    ]
    assert find_faults(build_dependent_snippet("import pandas\nimport rich\n", "pandas")) == [
        '6: imports rich; write `dependencies = ["pandas", "rich"]` in the head'
    ]
    assert find_faults(build_snippet("pass\n", head='setup = "import rich"')) == [
        '4: imports rich; write `dependencies = ["rich"]` in the head'
    ]


def test_package_that_is_only_in_the_lock_file_is_refused() -> None:
    """Also if it is declared, since a new lock file may not have it."""
    assert find_faults(build_snippet("import pytest\n")) == [
        "5: imports pytest of the package 'pytest', which pyproject.toml does not name; "
        "do without it, or add it to both `dependencies`"
    ]
    assert find_faults(build_dependent_snippet("import pytest\n", "pytest")) == [
        "1: dependency 'pytest' is not in the dependencies of pyproject.toml; "
        "add it there and run `make lock`, or do without it"
    ]


def test_dependency_that_is_not_imported_is_reported() -> None:
    """The module of one that is not installed is assumed to have its name."""
    assert find_faults(build_dependent_snippet("pass\n", "rich")) == [
        "1: dependency 'rich' is not imported; remove it from `dependencies`"
    ]
    [fault] = find_faults(build_dependent_snippet("import no_such_package\n", "no-such.package"))
    assert "not imported" not in fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import program\n", "imports itself; a program is one file"),
        ("import producer\n", "imports the snippet queues/producer; a program is one file"),
        ("from queues import producer\n", "imports the snippet queues/producer; a program is"),
        ("from . import other\n", "a relative import; a program is one file"),
        ("import snippet_engine\n", "imports the engine, which readers do not have"),
        ("import no_such_module\n", "no module is called 'no_such_module'; correct the name"),
    ],
)
def test_import_of_another_program_or_of_a_missing_module_is_refused(code: str, fault: str) -> None:
    """A download is one file."""
    [message] = find_faults(build_snippet(code))
    assert message.startswith(f"5: {fault}")


def test_missing_module_is_allowed_in_a_program_for_another_python() -> None:
    """It may be in the standard library of that version."""
    snippet = build_snippet("import no_such_module\n")
    assert find_faults(replace(snippet, requires_python=">=3.99")) == []


def test_dependencies_of_a_shell_program_are_compared_with_those_of_the_project() -> None:
    """It imports nothing itself."""
    snippet = build_snippet("python -c 'import pandas'\n", suffix=".zsh")
    assert find_imported_modules(snippet) == set()
    assert find_faults(replace(snippet, dependencies=("pandas",))) == []
    assert len(find_faults(replace(snippet, dependencies=("rich",)))) == 1


def test_project_without_a_pyproject_file_has_no_dependencies(tmp_path: Path) -> None:
    assert read_dependencies(tmp_path) == frozenset()
