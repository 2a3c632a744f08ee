"""What a program imports is declared, and known to the project."""

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


def with_dependencies(code: str, *names: str, head: str = "") -> Snippet:
    """A program that declares those dependencies."""
    snippet = build_snippet(code, head=head)
    return replace(snippet, dependencies=names)


def faults_of(snippet: Snippet) -> list[str]:
    """What is wrong with its imports, without the path of its file."""
    found = check_imports(snippet, ALLOWED, NAMES)
    return [str(one).removeprefix("snippets/tests/program.py:") for one in found]


def test_every_program_of_this_project_declares_what_it_imports() -> None:
    """Those in zsh may have it imported by a child."""
    names, allowed = PROJECT.names(), read_dependencies(ROOT)
    assert {"pandas", "mkdocs-material", "markdown-exec"} <= allowed
    found = [one for name in names for one in check_imports(PROJECT.read(name), allowed, names)]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import os, asyncio.subprocess\nfrom __future__ import annotations\n",
        "import __main__\n",
        "def f(:\n",  # another rule's
    ],
)
def test_the_standard_library_needs_no_declaration(code: str) -> None:
    """Nor does the program's own main module."""
    assert faults_of(build_snippet(code)) == []


def test_a_declared_dependency_may_be_imported_anywhere() -> None:
    """In the program, in its setup, or by a child process."""
    for code in ("import rich\n", "from rich.text import Text\n", "run('import rich')\n"):
        assert faults_of(with_dependencies(code, "rich")) == []
    assert faults_of(with_dependencies("pass\n", "Rich>=14", head='setup = "import rich"')) == []


def test_an_undeclared_import_is_one_line_with_its_line() -> None:
    """With the declaration that is missing, beside those that are there."""
    assert faults_of(build_snippet("import os\nimport rich\n")) == [
        '6: imports rich; write `dependencies = ["rich"]` in the head'
    ]
    assert faults_of(with_dependencies("import pandas\nimport rich\n", "pandas")) == [
        '6: imports rich; write `dependencies = ["pandas", "rich"]` in the head'
    ]
    assert faults_of(build_snippet("pass\n", head='setup = "import rich"')) == [
        '4: imports rich; write `dependencies = ["rich"]` in the head'
    ]


def test_a_package_that_only_the_lock_has_is_refused() -> None:
    """Also where it is declared: another version of the site may do without it."""
    assert faults_of(build_snippet("import pytest\n")) == [
        "5: imports pytest of the package 'pytest', which pyproject.toml does not name; "
        "do without it, or add it to both `dependencies`"
    ]
    assert faults_of(with_dependencies("import pytest\n", "pytest")) == [
        "1: dependency 'pytest' is not in the dependencies of pyproject.toml; "
        "add it there and run `make lock`, or do without it"
    ]


def test_a_dependency_that_is_not_imported_is_reported() -> None:
    """Also one that is not installed, whose module is guessed from its name."""
    assert faults_of(with_dependencies("pass\n", "rich")) == [
        "1: dependency 'rich' is not imported; remove it from `dependencies`"
    ]
    found = faults_of(with_dependencies("import no_such_package\n", "no-such.package"))
    assert ["not imported" in one for one in found] == [False]


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
def test_what_a_reader_does_not_have_is_refused(code: str, fault: str) -> None:
    """A download is one file."""
    [found] = faults_of(build_snippet(code))
    assert found.startswith(f"5: {fault}")


def test_a_module_of_another_python_may_be_in_its_standard_library() -> None:
    """What is not installed is no fault of a program for other versions."""
    snippet = build_snippet("import no_such_module\n")
    assert faults_of(replace(snippet, requires_python=">=3.99")) == []


def test_a_shell_program_imports_nothing_itself() -> None:
    """Its dependencies are still compared with the project's."""
    snippet = build_snippet("python -c 'import pandas'\n", suffix=".zsh")
    assert find_imported_modules(snippet) == set()
    assert faults_of(replace(snippet, dependencies=("pandas",))) == []
    assert len(faults_of(replace(snippet, dependencies=("rich",)))) == 1


def test_a_project_without_a_configuration_allows_nothing(tmp_path: Path) -> None:
    """As a copy of the pages alone."""
    assert read_dependencies(tmp_path) == frozenset()
