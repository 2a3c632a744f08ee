"""The engine's packages import one way: each only what is below it."""

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
# What runs inside a program, or beside it, loads nothing of the engine.
APART = {"tracing/probe": "a program", "execution/supervisor": "a supervisor"}


def imports_of(path: Path) -> Iterator[str]:
    """The modules of the engine that a file imports, without the name of the engine."""
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


def files_of(package: str) -> list[Path]:
    """The files of a package but those that run apart from the engine."""
    found = (ENGINE / package).rglob("*.py")
    return [path for path in found if not any(part in path.as_posix() for part in APART)]


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_what_is_below_it(package: str) -> None:
    """Itself, and the packages that its row of the table names."""
    assert files_of(package)
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of(package)
        for name in imports_of(path)
        if name.partition(".")[0] not in ALLOWED[package] | {package}
    ]
    assert wrong == [], "move the code down, or what it needs"


def test_the_ground_imports_nothing_above() -> None:
    """Plain data and small helpers, which all may use."""
    for name in GROUND:
        assert {*imports_of(ENGINE / f"{name}.py")} <= GROUND, name


@pytest.mark.parametrize("folder", APART)
def test_what_runs_apart_loads_nothing_of_the_engine(folder: str) -> None:
    """It has to start quickly, in any interpreter."""
    for path in (ENGINE / folder).rglob("*.py"):
        assert [*imports_of(path)] == [], path


def test_every_package_has_its_row() -> None:
    """A new package needs a decision on what it may import."""
    packages = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert packages == set(ALLOWED)
