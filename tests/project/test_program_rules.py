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


def find_faults(snippet: Snippet) -> list[str]:
    """Return the faults of a snippet, without the path of its file."""
    faults = check_program(snippet, NAMES)
    return [str(fault).removeprefix("snippets/tests/program.py:") for fault in faults]


def test_recorded_program_has_no_faults() -> None:
    assert find_faults(build_snippet("print('a')\n", recording=RECORDED)) == []


def test_program_without_a_recording_is_reported() -> None:
    """A draft is not, because it cannot be recorded."""
    snippet = build_snippet("print('a')\n")
    assert find_faults(snippet) == [
        "1: nothing is recorded for it; run `make record NAME=tests/program`"
    ]
    assert find_faults(replace(snippet, name="draft")) == []


@pytest.mark.parametrize(
    ("marker", "hint"),
    [
        ("#: outptu", "did you mean '#: output'?"),  # codespell:ignore
        ("#: Output", "did you mean '#: output'?"),
        ("#:output", "did you mean '#: output'?"),
        ("#: outcome of 3 runs", "did you mean '#: outcomes'?"),
        ("#: zzz", "known are '#: output' and '#: outcomes'"),
    ],
)
def test_unknown_marker_is_reported_with_a_similar_one(marker: str, hint: str) -> None:
    snippet = build_snippet("print('a')\n", recording=f"{marker}\n#> a\n")
    assert f"6: unknown marker {marker!r}; {hint}" in find_faults(snippet)


def test_wide_line_is_reported() -> None:
    """Not in a program of the talk, which is quoted unchanged, and not in the output."""
    code = "x = '" + "x" * (MAX_WIDTH - 6) + "'\n"
    wide = RECORDED + "#> " + "a" * 100 + "\n"
    assert find_faults(build_snippet(code, recording=wide)) == []
    snippet = build_snippet("pass\n" + "y" + code, recording=wide)
    assert find_faults(snippet) == ["6: 73 columns, more than 72; break the line"]
    assert find_faults(replace(snippet, source=1)) == []


def test_name_that_shadows_a_module_is_refused() -> None:
    """A module of the standard library, or one that the program imports."""
    assert explain_shadowing("queue").startswith(
        "queue.py would hide the standard library's module"
    )
    assert explain_shadowing("my-queue") == ""
    assert (
        explain_shadowing("rich", {"rich"})
        == "rich.py would hide the module 'rich' that it imports"
    )
    snippet = build_snippet("pass\n", recording=RECORDED)
    shadowing = replace(snippet, path=Path("snippets/queues/queue.py"))
    assert [*map(str, check_program(shadowing, NAMES))] == [
        "snippets/queues/queue.py:1: queue.py would hide the standard library's module 'queue' "
        "from programs; rename the file"
    ]
    shell = replace(snippet, path=Path("snippets/queues/queue.zsh"), language="zsh")
    assert list(check_program(shell, NAMES)) == []


def test_claim_that_compares_with_an_unknown_snippet_is_reported() -> None:
    head = '[tool.snippet.claims]\n"speedup over threads/{}" = {{ min = 2 }}'
    snippet = build_snippet("pass\n", head=head.format("torn-lines"), recording=RECORDED)
    assert find_faults(snippet) == []
    for name, hint in (("torn-line", "did you mean 'threads/torn-lines'?"), ("z", "correct the")):
        snippet = build_snippet("pass\n", head=head.format(name), recording=RECORDED)
        [fault] = find_faults(snippet)
        error = f"5: a claim compares with 'threads/{name}', which is no snippet"
        assert fault.startswith(f"{error}; {hint}")


@pytest.mark.parametrize(
    ("runs", "counts", "error"),
    [
        (200, (("one", 150), ("other", 50)), ""),
        (20, (("one", 15), ("other", 5)), "its outcomes were counted in 20 runs, fewer than 100"),
        (200, (("one", 200),), "all of its runs had the same outcome, so it shows no race"),
        (0, (), f"its outcomes were not counted on Python {REFERENCE_VERSION}"),
    ],
)
def test_racy_program_needs_a_large_sample_with_several_outcomes(
    runs: int, counts: tuple[tuple[str, int], ...], error: str
) -> None:
    snippet = build_snippet("print('a')\n", head=RACE, recording=RECORDED)
    if runs:
        snippet = replace(snippet, samples=(Sample(runs, f"{REFERENCE_VERSION}.7", 2, counts),))
    command = f"run `snippets sample tests/program --python python{REFERENCE_VERSION}`"
    assert find_faults(snippet) == ([f"1: {error}; {command}"] if error else [])
