"""Import directions: each package of the engine imports only packages below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.repository import ROOT

ENGINE = ROOT / "snippet_engine"
GROUND = {"run", "errors", "humanize", "atomic_write", "urls"}
ALLOWED = {
    "snippet": GROUND,
    "tracing": GROUND,
    "execution": {"tracing", "snippet"} | GROUND,
    "checking": {"tracing", "snippet"} | GROUND,
    "rendering": {"checking", "tracing", "snippet"} | GROUND,
    "project": {"execution", "checking", "tracing", "snippet"} | GROUND,
    "pages": {"project", "rendering", "execution", "checking", "tracing", "snippet"} | GROUND,
}
ALLOWED["cli"] = ALLOWED["pages"] | {"pages", "__main__"}
# Code that is loaded into a program or a supervisor, without the rest of the engine.
OTHER_PROCESSES = ("tracing/probe", "execution/supervisor")


def find_imports(path: Path) -> Iterator[str]:
    """Yield the engine modules that a file imports, without the engine's name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            # The supervisor is a package with another name in its own process.
            is_relative = node.level == 1 and path.parent.name == "supervisor"
            assert node.level == 0 or is_relative, f"{path}:{node.lineno}: write the import in full"
            name = node.module or ""
            names = [name] if name != "snippet_engine" else [f"{name}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (
            name.removeprefix("snippet_engine.")
            for name in names
            if name.startswith("snippet_engine.")
        )


def find_files(package: str) -> list[Path]:
    """Return the files of a package except those that are loaded into other processes."""
    paths = (ENGINE / package).rglob("*.py")
    return [path for path in paths if not any(part in path.as_posix() for part in OTHER_PROCESSES)]


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_packages_below_it(package: str) -> None:
    assert find_files(package)
    faults = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in find_files(package)
        for name in find_imports(path)
        if name.partition(".")[0] not in ALLOWED[package] | {package}
    ]
    assert faults == [], "move the code to a lower package, or what it imports"


def test_ground_modules_import_only_each_other() -> None:
    for name in GROUND:
        assert {*find_imports(ENGINE / f"{name}.py")} <= GROUND, name


@pytest.mark.parametrize("folder", OTHER_PROCESSES)
def test_code_in_other_processes_imports_nothing_of_the_engine(folder: str) -> None:
    """It must start quickly, in any interpreter."""
    for path in (ENGINE / folder).rglob("*.py"):
        assert [*find_imports(path)] == [], path


def test_each_package_has_a_row_in_the_table() -> None:
    """A new package needs a decision on what it may import."""
    packages = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert packages == set(ALLOWED)
