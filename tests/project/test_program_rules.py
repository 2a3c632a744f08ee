"""The rules for one program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import RACE, build_snippet

from snippet_engine.project.program_rules import MAX_WIDTH, check_program, explain_shadowing
from snippet_engine.snippet.model import Sample, Snippet
from snippet_engine.snippet.versions import REFERENCE_VERSION

NAMES = ["tests/program", "threads/torn-lines"]
RECORDED = "#: output\n#> a\n"


def faults_of(snippet: Snippet) -> list[str]:
    """What is wrong with it, without the path of its file."""
    found = check_program(snippet, NAMES)
    return [str(one).removeprefix("snippets/tests/program.py:") for one in found]


def test_a_recorded_program_is_right() -> None:
    """There is nothing to report."""
    assert faults_of(build_snippet("print('a')\n", recording=RECORDED)) == []


def test_a_program_without_a_recording_is_reported() -> None:
    """A draft, which is none of the project's snippets, is not: it cannot be recorded."""
    snippet = build_snippet("print('a')\n")
    assert faults_of(snippet) == [
        "1: nothing is recorded for it; run `make record NAME=tests/program`"
    ]
    assert faults_of(replace(snippet, name="draft")) == []


@pytest.mark.parametrize(
    ("marker", "meant"),
    [
        ("#: outptu", "did you mean '#: output'?"),  # codespell:ignore
        ("#: Output", "did you mean '#: output'?"),
        ("#:output", "did you mean '#: output'?"),
        ("#: outcome of 3 runs", "did you mean '#: outcomes'?"),
        ("#: zzz", "known are '#: output' and '#: outcomes'"),
    ],
)
def test_an_unknown_marker_is_reported_with_what_is_meant(marker: str, meant: str) -> None:
    """What follows it is part of the program, so nothing is recorded."""
    snippet = build_snippet("print('a')\n", recording=f"{marker}\n#> a\n")
    assert f"6: unknown marker {marker!r}; {meant}" in faults_of(snippet)


def test_width_is_a_rule_for_our_own_programs() -> None:
    """Those of the talk are shown as they were, and output may be wide."""
    code = "x = '" + "x" * (MAX_WIDTH - 6) + "'\n"
    wide = RECORDED + "#> " + "a" * 100 + "\n"
    assert faults_of(build_snippet(code, recording=wide)) == []
    snippet = build_snippet("pass\n" + "y" + code, recording=wide)
    assert faults_of(snippet) == ["6: 73 columns, more than 72; break the line"]
    assert faults_of(replace(snippet, source=1)) == []


def test_a_name_that_hides_a_module_is_refused() -> None:
    """One of the standard library, or one that the program needs."""
    assert explain_shadowing("queue").startswith(
        "queue.py would hide the standard library's module"
    )
    assert explain_shadowing("my-queue") == ""
    assert (
        explain_shadowing("rich", {"rich"})
        == "rich.py would hide the module 'rich' that it imports"
    )
    snippet = build_snippet("pass\n", recording=RECORDED)
    hiding = replace(snippet, path=Path("snippets/queues/queue.py"))
    assert [str(one) for one in check_program(hiding, NAMES)] == [
        "snippets/queues/queue.py:1: queue.py would hide the standard library's module 'queue' "
        "from programs; rename the file"
    ]
    shell = replace(snippet, path=Path("snippets/queues/queue.zsh"), language="zsh")
    assert list(check_program(shell, NAMES)) == []


def test_a_claim_compares_with_a_snippet_that_is_there() -> None:
    """Else it is reported with its line, and with what may be meant."""
    head = '[tool.snippet.claims]\n"speedup over threads/{}" = {{ min = 2 }}'
    right = build_snippet("pass\n", head=head.format("torn-lines"), recording=RECORDED)
    assert faults_of(right) == []
    for name, meant in (("torn-line", "did you mean 'threads/torn-lines'?"), ("z", "correct the")):
        snippet = build_snippet("pass\n", head=head.format(name), recording=RECORDED)
        [fault] = faults_of(snippet)
        what = f"5: a claim compares with 'threads/{name}', which is no snippet"
        assert fault.startswith(f"{what}; {meant}")


@pytest.mark.parametrize(
    ("runs", "counts", "what"),
    [
        (200, (("one", 150), ("other", 50)), ""),
        (20, (("one", 15), ("other", 5)), "its outcomes were counted in 20 runs, fewer than 100"),
        (200, (("one", 200),), "all of its runs had the same outcome, so it shows no race"),
        (0, (), f"its outcomes were not counted on Python {REFERENCE_VERSION}"),
    ],
)
def test_the_outcomes_of_a_race_are_counted(
    runs: int, counts: tuple[tuple[str, int], ...], what: str
) -> None:
    """In enough runs, and more than one of them was seen."""
    snippet = build_snippet("print('a')\n", head=RACE, recording=RECORDED)
    if runs:
        snippet = replace(snippet, samples=(Sample(runs, f"{REFERENCE_VERSION}.7", 2, counts),))
    command = f"run `snippets sample tests/program --python python{REFERENCE_VERSION}`"
    assert faults_of(snippet) == ([f"1: {what}; {command}"] if what else [])
