"""Recording of a run: its conditions, and the recordings that result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.evaluation import SnippetExample
from helpers.handmade import make_printed_run
from helpers.programs import build_snippet, build_text

from snippet_engine.checking.rerecording import (
    REQUIRED_RUNS,
    RecordingError,
    rerecord,
    update_recording,
)
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

CLAIM = "[tool.snippet.claims]\nlines = 1"


def record(snippet: Snippet, *runs: Run) -> tuple[Snippet, int]:
    """Return the snippet recorded from `runs`, and how many of them were needed."""
    remaining = iter(runs)
    new = rerecord(snippet, next(remaining), lambda: next(remaining))
    return new, len(runs) - len(list(remaining))


def test_recording_is_changed_only_after_three_runs_that_agree() -> None:
    old = build_snippet("pass\n", recording="#: output\n#> a\n")
    assert record(old, make_printed_run("a"), make_printed_run("b")) == (old, 1)
    new, runs = record(
        old,
        make_printed_run("b"),
        make_printed_run("b"),
        make_printed_run("b"),
        make_printed_run("c"),
    )
    assert (runs, new.text) == (REQUIRED_RUNS, old.text.replace("#> a", "#> b"))


@pytest.mark.parametrize(
    ("head", "runs", "reason"),
    [
        (
            CLAIM,
            [make_printed_run("a", "b")] * 3,
            "a claim does not hold: lines is 2; it should be 1",
        ),
        ("", [make_printed_run("a", ending="exit 1")], "its head declares no exception"),
        (
            "",
            [make_printed_run("a"), make_printed_run("a", ending="exit 1")],
            "run 2 of 3 ended differently: it",
        ),
        (
            "",
            [make_printed_run("a"), make_printed_run("b"), make_printed_run("a")],
            "its output varies from run to run",
        ),
        (
            "",
            [make_printed_run("a"), make_printed_run("a"), make_printed_run("b")],
            "its output varies from run to run",
        ),
        (
            '[[tool.snippet.guarantees]]\nsays = "No x."\nnever = "x"',
            [make_printed_run("x")],
            "it broke a guarantee, 'No x.'",
        ),
        (
            'lines = "each-kind"\n' + CLAIM,
            [make_printed_run("a"), make_printed_run("a", "a"), make_printed_run("a")],
            "lines is 2; it should be 1",
        ),
    ],
)
def test_mismatch_in_any_run_prevents_recording(head: str, runs: list[Run], reason: str) -> None:
    with pytest.raises(RecordingError) as error:
        record(build_snippet("pass\n", head=head), *runs)
    assert reason in str(error.value)


def test_claim_is_checked_also_if_the_recording_agrees() -> None:
    snippet = build_snippet("pass\n", head=CLAIM, recording="#: output\n#> a\n#> b\n")
    with pytest.raises(RecordingError, match="a claim does not hold"):
        record(snippet, make_printed_run("a", "b"))


def test_hint_names_an_exception_with_its_module() -> None:
    run = make_printed_run("!threading.BrokenBarrierError", ending="exit 1")
    for head in ("", 'raises = "BrokenBarrierError"'):
        with pytest.raises(RecordingError, match=r'write raises = "threading\.BrokenBarrierError"'):
            record(build_snippet("pass\n", head=head), run)
    snippet = build_snippet("pass\n", head='raises = "threading.BrokenBarrierError"')
    assert record(snippet, run, run, run)[0].recordings
    with pytest.raises(RecordingError, match="fix the program or its head"):
        record(build_snippet("pass\n", head="stops = 1"), run)


def test_recording_that_agrees_is_unchanged() -> None:
    recording = "#: output\n#> a\n#> took 1.00s\n"
    snippet = build_snippet("pass\n", head='lines = "any-order"', recording=recording)
    assert update_recording(snippet, make_printed_run("took 2.00s", "a")) is snippet


def test_recording_that_differs_is_replaced() -> None:
    snippet = build_snippet("pass\n", recording="#: output\n#> a\n")
    assert update_recording(snippet, make_printed_run("b", "!e")).text.endswith(
        "pass\n#: output\n#> b\n#! e\n"
    )
    unrecorded = build_snippet("pass\n")
    assert update_recording(unrecorded, make_printed_run("b", python="3.13.0")).text.endswith(
        "#: output\n#> b\n"
    )


def test_output_replaces_the_recording_it_is_compared_with() -> None:
    both = build_snippet("pass\n", recording="#: output\n#> a\n#: output on Python 3.13\n#> b\n")
    assert update_recording(both, make_printed_run("c", python="3.12.1")).text.endswith(
        "#: output\n#> c\n#: output on Python 3.13\n#> b\n"
    )
    assert update_recording(both, make_printed_run("c", python="3.15.0")).text.endswith(
        "#: output\n#> a\n#: output on Python 3.13\n#> c\n"
    )
    plain = build_snippet("pass\n", recording="#: output\n#> a\n")
    assert update_recording(both, make_printed_run("a", python="3.15.0")) == plain


def test_separate_recording_of_a_version_exists_only_while_it_differs() -> None:
    plain = build_snippet("pass\n", recording="#: output\n#> a\n")
    assert (
        update_recording(plain, make_printed_run("a", python="3.12.1"), per_version=True) is plain
    )
    later = update_recording(plain, make_printed_run("c", python="3.13.0"), per_version=True)
    both = update_recording(later, make_printed_run("b", python="3.12.1"), per_version=True)
    own = "#: output on Python 3.12\n#> b\n#: output on Python 3.13\n#> c\n"
    assert both.text.endswith("#: output\n#> a\n" + own)
    assert update_recording(both, make_printed_run("a", python="3.12.1"), per_version=True) == later
    assert (
        update_recording(later, make_printed_run("a", python="3.13.0"), per_version=True) == plain
    )
    assert update_recording(later, make_printed_run("x"), per_version=True).text.endswith(
        "#: output\n#> x\n#: output on Python 3.13\n#> c\n"
    )


# Through pytest-examples, as `make record` does


@pytest.fixture
def example(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SnippetExample]:
    """Return an evaluator that updates the snippet `threads/x` of a project."""
    for folder in ("docs", "snippets/threads"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs/threads.md").write_text("# Threads\n")
    monkeypatch.setattr(SnippetExample, "update_examples", True)
    runs = ProjectRuns(Project(tmp_path))
    return SnippetExample(runs, tmp_path=tmp_path, pytest_request=request)


def update_file(example: SnippetExample, text: str) -> str:
    """Return the new text of a file with this `text`, "" if it is not changed."""
    path = example.runs.project.root / "snippets/threads/x.py"
    path.write_text(text)
    example.run_print_update(example.example("threads/x"))
    return example.to_update[0].source if example.to_update else ""


def test_program_is_recorded_through_pytest_examples(example: SnippetExample) -> None:
    text = build_text("print('a')\n")
    assert update_file(example, text) == f"{text}#: output\n#> a\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            build_text(
                "import os\nprint('id', os.urandom(8).hex())\n", recording="#: output\n#> id\n"
            ),
            "its output varies from run to run",
        ),
        (
            build_text("print('a')\n", head="[tool.snippet.claims]\nthreads = 7"),
            "threads is 0; it should be",
        ),
        (build_text("print('a')\n", head='titel = "x"'), "x.py:4: unknown key 'titel'"),
    ],
)
def test_failure_is_one_message_without_a_traceback(
    text: str, reason: str, example: SnippetExample
) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        update_file(example, text)
    assert reason in str(failed.value)
    assert str(failed.value).count("snippets/threads/x.py:") == 1
    assert failed.value.__context__ is None
    assert failed.value.pytrace is False
    assert example.to_update == []
    assert (example.runs.project.root / "snippets/threads/x.py").read_text() == text
