"""The snippets of this project: their runs, rules, outcomes and source blocks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.evaluation import SnippetExample
from helpers.repository import PROJECT, ROOT

from snippet_engine.errors import SnippetError
from snippet_engine.project.imports import check_imports, read_dependencies
from snippet_engine.project.program_rules import check_program
from snippet_engine.project.sampling import sample_outcomes
from snippet_engine.snippet.model import Snippet

# SHA-256 of each block of the source material, in its order.
BLOCKS = {
    1: "5b2f2627ab296ea6ae04043c0cdad5aa6082c1a6d538a55d5f1497b3eacd7eca",
    2: "8efc98e76d2608d137c54668c5087ef85a5d2f62b00fc0cc3f034f73db29d30c",
    3: "dfa5ef9e298091f5c4eb99c78a784c3bbb5887efe5d12d4e60d06bf84dfaec58",
    4: "ff092832655796e0bb958b688379137dbf26cc05d62a1a9a8c6899135c851fbc",
    5: "86088cc35e4fdbfd0bb635b20289dcf8f8bcc9e2a12250d2d976369c452a0237",
    6: "adb0c0fe33c6111f8bd94f8b4f61914ab23fa9f0455b2dfe4dcddc22c33901df",
    7: "f4493a8eac6e7b0a28f087d71bfc03b58315818d13aa0acdbc71a14a99878b0d",
    8: "327dec9c9724787679292521a312a5703fa26fa5e9f0f20a3dde38763e271e83",
    9: "f3b19d9533fff21d598fe88aa6860bffe426b9ab3e461666181a1b3691a05b01",
    10: "be9fb6671b9236a1e85ed33a7a414d4a06116337bbfec29570deb483aa801560",
    11: "f25d7ad4ec08d0fb5b5fbc1c9238146b3175c28ae61fc6271064184e5b35ca7f",
    12: "0c4025df6120693644a59fb4d079d34ddecb4b2df10de3110bb0ef49b357ba76",
    13: "6de9fa79d7aa2d1fc5811f50e0cda341ccd969fc6d0c1f013cefbd31ef69bd85",
    14: "9bf4e5bd384d5a6325e92cfb9a5bec01218cc10eea3c7dab11c69b388ed28b41",
    15: "882c3f1e7488af132d0fb0e947277b5bb7ce710df5d2e9e92fdc62bd02f9dca7",
    16: "a6b97502073955b68a00d9f44e5da6fd7205606d8c5bb4293f796f709e416e8f",
    17: "903b775f4dd6480df89dfd22ea30c62a9fb8b970313208a2d901db2c1efc1fe4",
}


def find_file(name: str) -> str:
    """Return the file of a snippet, for the identifiers of tests."""
    return PROJECT.path(name).relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", PROJECT.names(), ids=find_file)
def test_snippet(name: str, eval_example: SnippetExample) -> None:
    """It prints what is recorded and ends as its metadata says."""
    example = eval_example.example(name)
    if eval_example.update_examples:
        eval_example.run_print_update(example)
        return
    eval_example.run_print_check(example)
    snippet = PROJECT.read(name)
    if snippet.source is None and snippet.language == "python":
        eval_example.lint_ruff(example)


def is_racy(name: str) -> bool:
    try:
        return bool(PROJECT.read(name).outcomes)
    except SnippetError:  # `test_snippet` fails
        return False


RACY = [name for name in PROJECT.names() if is_racy(name)]
QUICK = ("shared-state/lost-update", "threads/torn-lines")  # none of their outcomes is a hang


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=find_file(name), marks=[pytest.mark.slow] * (name not in QUICK))
        for name in RACY
    ],
)
def test_racy_snippet_has_only_declared_outcomes(name: str) -> None:
    snippet = PROJECT.read(name)
    sample = sample_outcomes(snippet, 8, concurrency=8)  # a run that hangs needs no core
    assert sum(count for _, count in sample.counts) == 8


@pytest.mark.parametrize("name", PROJECT.names(), ids=find_file)
def test_snippet_follows_the_rules_for_programs(name: str) -> None:
    snippet, names = PROJECT.read(name), PROJECT.names()
    imports = check_imports(snippet, read_dependencies(ROOT), names)
    assert [*map(str, (*check_program(snippet, names), *imports))] == []


def check_blocks(snippets: Iterable[Snippet]) -> list[str]:
    """Return the faults of the blocks of the source material among `snippets`."""
    faults = []
    seen: dict[int, Snippet] = {}
    for snippet in snippets:
        if snippet.source is None:
            continue
        if snippet.source in seen:
            other = seen[snippet.source].path
            faults.append(f"block {snippet.source} is in {other} and in {snippet.path}")
        seen[snippet.source] = snippet
        digest = hashlib.sha256(snippet.code.encode()).hexdigest()
        if digest != BLOCKS.get(snippet.source):
            faults.append(f"{snippet.path} is not block {snippet.source} as it was given")
    faults += [f"block {number} is missing" for number in BLOCKS.keys() - seen.keys()]
    return faults


def test_each_source_block_is_in_one_snippet_and_unaltered() -> None:
    assert check_blocks([PROJECT.read(name) for name in PROJECT.names()]) == []


def test_missing_altered_or_repeated_source_block_is_reported() -> None:
    snippets = [PROJECT.read(name) for name in PROJECT.names()]
    first = next(snippet for snippet in snippets if snippet.source == 1)
    others = [snippet for snippet in snippets if snippet is not first]
    assert check_blocks(others) == ["block 1 is missing"]
    assert check_blocks([*snippets, first]) == [f"block 1 is in {first.path} and in {first.path}"]
    altered = replace(first, code=first.code + " ")
    assert check_blocks([*others, altered]) == [f"{first.path} is not block 1 as it was given"]


def test_each_comparison_is_given_its_page() -> None:
    """Its links are relative to the page."""
    for page in sorted(Path(ROOT, "docs").glob("*.md")):
        for call in re.findall(r"\bcompare\(([^)]*)\)", page.read_text(encoding="utf-8")):
            argument = re.search(r'page="([^"]*)"', call)
            assert (argument[1] if argument else "index") == page.stem
