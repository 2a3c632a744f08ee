"""CONTRIBUTING.md documents all keys, masks, states and commands, and names code that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from helpers.repository import ROOT

from snippet_engine.checking.claims import MEASURES
from snippet_engine.checking.masks import BUILT_IN_MASKS, find_masked_spans
from snippet_engine.cli import COMMANDS
from snippet_engine.cli.common import EXIT_STATUSES
from snippet_engine.project.status import STATES
from snippet_engine.snippet import metadata as head
from snippet_engine.snippet.model import GRADES

TEXT = Path(ROOT, "CONTRIBUTING.md").read_text(encoding="utf-8")


def read_rows(heading: str) -> dict[str, list[str]]:
    """Return the cells of the tables under a heading by the code in the first cell."""
    part = re.split(r"^##+ ", TEXT.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[
        0
    ]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


def test_all_metadata_keys_are_documented() -> None:
    assert set(read_rows("The file")) == {"requires-python", "dependencies", *head._SNIPPET_KEYS}
    text = TEXT.partition("### Guarantees")[2]
    known = [*head._GUARANTEE_KEYS, *head._OUTCOME_KEYS, *head._BOUND_KEYS, *MEASURES, *GRADES]
    assert [key for key in known if not re.search(rf"\b{re.escape(key)}\b", text)] == []


def test_built_in_masks_are_documented_with_examples_that_they_match() -> None:
    table = read_rows("Masks")
    assert set(table) == {name for _, name in BUILT_IN_MASKS}
    for name, (_, examples) in table.items():
        for example in re.findall("`([^`]+)`", examples):
            assert name in {found for *_, found in find_masked_spans(example)}, example


def test_all_states_and_exit_statuses_are_documented() -> None:
    for term in (*STATES, *re.findall(r"^[\d, ]+\d|^\d", EXIT_STATUSES, re.MULTILINE)):
        assert f"`{term}`" in TEXT or f"| {term} |" in TEXT


def test_all_commands_are_documented() -> None:
    names = {command.__name__.rpartition(".")[2] for command in COMMANDS}
    assert {term.split()[1] for term in read_rows("Commands")} == names


def test_package_table_has_all_packages_and_modules() -> None:
    engine = ROOT / "snippet_engine"
    packages = {f"{path.parent.name}/" for path in engine.glob("*/__init__.py")}
    assert {term for term in read_rows("Packages") if term.endswith("/")} == packages
    modules = {path.name for path in engine.glob("[!_]*.py")}
    assert [name for name in modules if f"`{name}`" not in TEXT] == []


PATHS = {*re.findall(r"`([\w.-]+/[\w/.-]*)`", TEXT)}
EXAMPLES = {"runs/", ".cache/runs", "threads/threading", "threads/my-idea.zsh"}


@pytest.mark.parametrize("path", sorted(PATHS - EXAMPLES))
def test_path_exists(path: str) -> None:
    """It is relative to the repository or to the engine."""
    assert (ROOT / path).exists() or (ROOT / "snippet_engine" / path).exists()


@pytest.mark.parametrize("reference", sorted({*re.findall(r"`([\w/]+\.py:[\w.]+)`", TEXT)}))
def test_function_or_class_exists(reference: str) -> None:
    path, _, name = reference.partition(":")
    body = ast.parse((ROOT / "snippet_engine" / path).read_text(encoding="utf-8")).body
    for part in name.split("."):
        found = [node for node in body if getattr(node, "name", "") == part]
        assert found, f"{path} defines no {name}"
        body = getattr(found[0], "body", [])


def test_environment_variables_are_used() -> None:
    files = [ROOT / "Makefile", ROOT / "mkdocs.yml", ROOT / "scripts" / "setup"]
    for folder in ("snippet_engine", "tests"):
        files += (path for path in (ROOT / folder).rglob("*.py") if path != Path(__file__))
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for row in re.findall(r"^\| (`[A-Z_]+`.*?) \|", TEXT, re.MULTILINE):
        for variable in re.findall("`(.+?)`", row):
            assert re.search(rf"\b{variable}\b", text), variable
