"""Checks of a program's imports and dependencies against pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from snippet_engine.project.faults import Fault
from snippet_engine.snippet.model import Snippet

# Modules that exist in every program but not in `sys.stdlib_module_names`.
_BUILT_IN = {"__main__", "__mp_main__"}


def is_standard(module: str) -> bool:
    """Return True if `module` is in the standard library of this Python."""
    return module in sys.stdlib_module_names or module in _BUILT_IN


def read_dependencies(root: Path) -> frozenset[str]:
    """Return the direct dependencies in pyproject.toml, as normalised names."""
    path = root / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return frozenset(
        map(_normalise_requirement, project.get("project", {}).get("dependencies", ()))
    )


def check_imports(
    snippet: Snippet, allowed: Collection[str], snippets: Collection[str]
) -> Iterator[Fault]:
    """Yield the faults in the imports and declared dependencies of `snippet`.

    `allowed` are the packages of pyproject.toml, `snippets` the names of all snippets.
    """
    declared = {
        _normalise_requirement(text): _find_modules(_normalise_requirement(text))
        for text in snippet.dependencies
    }
    path, line = PurePosixPath(snippet.path.as_posix()), _find_line(snippet, "dependencies")
    for package, modules in declared.items():
        if package not in allowed:
            error = f"dependency {package!r} is not in the dependencies of pyproject.toml"
            yield Fault(path, line, f"{error}; add it there and run `make lock`, or do without it")
        if not any(
            re.search(rf"\b{re.escape(name)}\b", _join_setup_and_code(snippet)) for name in modules
        ):
            error = f"dependency {package!r} is not imported"
            yield Fault(path, line, f"{error}; remove it from `dependencies`")
    known = {module for modules in declared.values() for module in modules}
    for number, module in _find_imports(snippet):
        if module and (is_standard(module) or module in known):
            continue
        if message := _explain_refusal(module, snippet, allowed, snippets):
            yield Fault(path, number, message)


def find_imported_modules(snippet: Snippet) -> set[str]:
    """Return the top-level modules that `snippet` imports; none for a shell script."""
    return {module for _, module in _find_imports(snippet) if module}


def _explain_refusal(
    module: str, snippet: Snippet, allowed: Collection[str], snippets: Collection[str]
) -> str:
    """Return why `module` must not be imported, with a remedy, or "" if it may be.

    An empty `module` is a relative import.
    """
    if not module:
        return "a relative import; a program is one file: put the code into it"
    for name in snippets:
        if module in name.split("/"):
            program = "itself" if name == snippet.name else f"the snippet {name}"
            return f"imports {program}; a program is one file: put the code into it"
    if module == "snippet_engine":
        return "imports the engine, which readers do not have; do without it"
    packages = sorted(
        {canonicalize_name(name) for name in _map_modules_to_packages().get(module, ())}
    )
    if not packages:
        if not snippet.can_run_on(sys.version.split()[0]):
            return ""  # another version's standard library may have it
        return f"no module is called {module!r}; correct the name, or do without it"
    package = next((name for name in packages if name in allowed), packages[0])
    if package in allowed:
        names = ", ".join(f'"{name}"' for name in (*snippet.dependencies, package))
        return f"imports {module}; write `dependencies = [{names}]` in the head"
    error = f"imports {module} of the package {package!r}, which pyproject.toml does not name"
    return f"{error}; do without it, or add it to both `dependencies`"


def _find_imports(snippet: Snippet) -> Iterator[tuple[int, str]]:
    """Yield the line in the file and the top-level module of each import.

    The module is empty for a relative import.
    """
    if snippet.language != "python":
        return
    parts: tuple[tuple[str, Callable[[int], int]], ...] = (
        (snippet.setup, lambda _: _find_line(snippet, "setup")),
        (snippet.code, lambda line: line + snippet.head.count("\n")),
    )
    for code, find_line in parts:
        try:
            tree = ast.parse(code)
        except SyntaxError:  # reported by ruff, or intended by the program
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield find_line(node.lineno), alias.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom):
                module = "" if node.level else node.module or ""
                yield find_line(node.lineno), module.partition(".")[0]


def _join_setup_and_code(snippet: Snippet) -> str:
    """Return the setup and the code of `snippet`.

    Names are searched in this text, because a program may import a module only in the
    source of a child process.
    """
    return f"{snippet.setup}\n{snippet.code}"


def _find_line(snippet: Snippet, key: str) -> int:
    lines = snippet.head.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"# {key}")), 1)


def _normalise_requirement(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)


@cache
def _map_modules_to_packages() -> dict[str, list[str]]:
    """Return the packages of each installed module; the first call is slow (0.5 s)."""
    return {module: list(names) for module, names in packages_distributions().items()}


@cache
def _find_modules(package: str) -> frozenset[str]:
    """Return the top-level modules of a package.

    If the package is not installed, its name is assumed to be the name of its module.
    """
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        return frozenset({package.replace("-", "_")})
    modules = {file.stem for file in files if len(file.parts) == 1}
    modules |= {file.parts[0] for file in files if file.suffix == ".py" and len(file.parts) > 1}
    return frozenset(modules)
