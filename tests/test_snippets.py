"""Every snippet runs and agrees with its recording."""

from __future__ import annotations

import hashlib
import re
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


def _file(name: str) -> str:
    return PROJECT.path(name).relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", PROJECT.names(), ids=_file)
def test_snippet(name: str, eval_example: SnippetExample) -> None:
    """The snippet prints what is recorded and ends as its head says."""
    example = eval_example.example(name)
    if eval_example.update_examples:
        eval_example.run_print_update(example)
        return
    eval_example.run_print_check(example)
    snippet = PROJECT.read(name)
    if snippet.source is None and snippet.language == "python":
        eval_example.lint_ruff(example)


def _is_racy(name: str) -> bool:
    try:
        return bool(PROJECT.read(name).outcomes)
    except SnippetError:  # its own test tells
        return False


RACY = [name for name in PROJECT.names() if _is_racy(name)]
SOON = ("shared-state/lost-update", "threads/torn-lines")  # neither of them may hang


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=_file(name), marks=[pytest.mark.slow] * (name not in SOON))
        for name in RACY
    ],
)
def test_a_racy_snippet_comes_to_declared_outcomes_only(name: str) -> None:
    """Run again and again it never does what its head forbids, or does not know of."""
    snippet = PROJECT.read(name)
    counted = sample_outcomes(snippet, 8, concurrency=8)  # most of a run that hangs is waiting
    assert sum(count for _, count in counted.counts) == 8


@pytest.mark.parametrize("name", PROJECT.names(), ids=_file)
def test_a_snippet_follows_the_rules_for_programs(name: str) -> None:
    """Width, name, markers, imports; it is recorded, and the outcomes of a race are counted."""
    snippet, names = PROJECT.read(name), PROJECT.names()
    imports = check_imports(snippet, read_dependencies(ROOT), names)
    assert [str(one) for one in (*check_program(snippet, names), *imports)] == []


def strayed(snippets: list[Snippet]) -> list[str]:
    """What is wrong with the blocks of the source material among `snippets`."""
    complaints = []
    seen: dict[int, Snippet] = {}
    for snippet in snippets:
        if snippet.source is None:
            continue
        if snippet.source in seen:
            other = seen[snippet.source].path
            complaints.append(f"block {snippet.source} stands in {other} and in {snippet.path}")
        seen[snippet.source] = snippet
        digest = hashlib.sha256(snippet.code.encode()).hexdigest()
        if digest != BLOCKS.get(snippet.source):
            complaints.append(f"{snippet.path} is not block {snippet.source} as it was given")
    complaints += [f"block {number} is missing" for number in BLOCKS.keys() - seen.keys()]
    return complaints


def test_every_source_block_stands_once_and_unaltered() -> None:
    """The 17 blocks stand byte for byte, each in one snippet."""
    assert strayed([PROJECT.read(name) for name in PROJECT.names()]) == []


def test_a_missing_an_altered_and_a_doubled_block_are_told() -> None:
    """The check of the source blocks finds each of the three faults."""
    from dataclasses import replace

    whole = [PROJECT.read(name) for name in PROJECT.names()]
    first = next(snippet for snippet in whole if snippet.source == 1)
    assert strayed([one for one in whole if one.source != 1]) == ["block 1 is missing"]
    assert strayed([*whole, first]) == [f"block 1 stands in {first.path} and in {first.path}"]
    altered = [replace(one, code=one.code + " ") if one is first else one for one in whole]
    assert strayed(altered) == [f"{first.path} is not block 1 as it was given"]


def test_every_comparison_knows_the_page_it_stands_on() -> None:
    """Its rows link to panels, and the way there depends on the page."""
    for page in sorted(Path(ROOT, "docs").glob("*.md")):
        for call in re.findall(r"\bcompare\(([^)]*)\)", page.read_text(encoding="utf-8")):
            told = re.search(r'page="([^"]*)"', call)
            assert (told[1] if told else "index") == page.stem
