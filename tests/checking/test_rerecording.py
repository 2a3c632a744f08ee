"""A recording is written only where everything else agrees and the next runs print the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.evaluation import SnippetExample
from helpers.handmade import run_with
from helpers.programs import snippet_of, text_of

from snippet_engine.checking.rerecording import REQUIRED_RUNS, RecordingError, rerecord
from snippet_engine.project.project import Library
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

CLAIM = "[tool.snippet.claims]\nlines = 1"


def record(snippet: Snippet, *runs: Run) -> tuple[Snippet, int]:
    """The snippet recorded from these runs, and how many of them were made."""
    left = iter(runs)
    new = rerecord(snippet, next(left), lambda: next(left))
    return new, len(runs) - len(list(left))


def test_what_is_recorded_was_printed_by_three_runs() -> None:
    """Where the old recording agrees, one is enough."""
    old = snippet_of("pass\n", recording="#: output\n#> a\n")
    assert record(old, run_with("a"), run_with("b")) == (old, 1)
    new, runs = record(
        old,
        run_with("b"),
        run_with("b"),
        run_with("b"),
        run_with("c"),
    )
    assert (runs, new.text) == (REQUIRED_RUNS, old.text.replace("#> a", "#> b"))


@pytest.mark.parametrize(
    ("head", "runs", "reason"),
    [
        (
            CLAIM,
            [run_with("a", "b")] * 3,
            "a claim does not hold: lines is 2, and should be 1",
        ),
        ("", [run_with("a", ending="exit 1")], "its head says nothing of that"),
        (
            "",
            [run_with("a"), run_with("a", ending="exit 1")],
            "run 2 of 3 ended in another way: it",
        ),
        (
            "",
            [run_with("a"), run_with("b"), run_with("a")],
            "its output varies from run to run",
        ),
        (
            '[[tool.snippet.guarantees]]\nsays = "No x."\nnever = "x"',
            [run_with("x")],
            "it broke a guarantee, 'No x.'",
        ),
        (
            'lines = "each-kind"\n' + CLAIM,
            [run_with("a"), run_with("a", "a"), run_with("a")],
            "lines is 2, and should be 1",
        ),
    ],
)
def test_a_run_that_is_wrong_is_not_recorded(head: str, runs: list[Run], reason: str) -> None:
    """The reason is that of the first thing that is wrong, in any of the runs."""
    with pytest.raises(RecordingError) as error:
        record(snippet_of("pass\n", head=head), *runs)
    assert reason in str(error.value)


def test_a_claim_is_judged_also_where_the_recording_agrees() -> None:
    """Else a recording would pass that the next build refuses."""
    snippet = snippet_of("pass\n", head=CLAIM, recording="#: output\n#> a\n#> b\n")
    with pytest.raises(RecordingError, match="a claim does not hold"):
        record(snippet, run_with("a", "b"))


def test_the_exception_to_declare_is_named_in_full() -> None:
    """Only where one ended the program, and another or none is declared."""
    run = run_with("!threading.BrokenBarrierError", ending="exit 1")
    for head in ("", 'raises = "BrokenBarrierError"'):
        with pytest.raises(RecordingError, match=r'write raises = "threading\.BrokenBarrierError"'):
            record(snippet_of("pass\n", head=head), run)
    snippet = snippet_of("pass\n", head='raises = "threading.BrokenBarrierError"')
    assert record(snippet, run, run, run)[0].recordings
    with pytest.raises(RecordingError, match="correct the program, or its head"):
        record(snippet_of("pass\n", head="stops = 1"), run)


# Through pytest-examples, as `make record` does it


@pytest.fixture
def example(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SnippetExample]:
    """An evaluator that updates the snippet `threads/x` of an own project."""
    for folder in ("docs", "snippets/threads"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs/threads.md").write_text("# Threads\n")
    monkeypatch.setattr(SnippetExample, "update_examples", True)
    library = Library(tmp_path, eager=False)
    return SnippetExample(library, tmp_path=tmp_path, pytest_request=request)


def updated(example: SnippetExample, text: str) -> str:
    """What would be written into the file with this text; empty if nothing."""
    path = example.library.root / "snippets/threads/x.py"
    path.write_text(text)
    example.run_print_update(example.example("threads/x"))
    return example.to_update[0].source if example.to_update else ""


def test_a_program_is_recorded_through_pytest_examples(example: SnippetExample) -> None:
    """Its runs are real."""
    text = text_of("print('a')\n")
    assert updated(example, text) == f"{text}#: output\n#> a\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            text_of(
                "import os\nprint('id', os.urandom(8).hex())\n", recording="#: output\n#> id\n"
            ),
            "its output varies from run to run",
        ),
        (text_of("print('a')\n", head="[tool.snippet.claims]\nthreads = 7"), "threads is 0, and"),
        (text_of("print('a')\n", head='titel = "x"'), "x.py:4: unknown key 'titel'"),
    ],
)
def test_a_failure_is_one_message_without_a_traceback(
    text: str, reason: str, example: SnippetExample
) -> None:
    """Nothing is written; pytest has no other exception to print before it."""
    with pytest.raises(pytest.fail.Exception) as failed:
        updated(example, text)
    assert reason in str(failed.value)
    assert str(failed.value).count("snippets/threads/x.py:") == 1
    assert failed.value.__context__ is None
    assert failed.value.pytrace is False
    assert example.to_update == []
    assert (example.library.root / "snippets/threads/x.py").read_text() == text
