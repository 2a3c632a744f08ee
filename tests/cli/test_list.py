"""`snippets list`: all snippets with their states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.projects import format_fence, make_small_project

from snippet_engine.__main__ import main
from snippet_engine.execution import runner
from snippet_engine.snippet.model import Snippet

FIRST, SECOND = "one-at-a-time/take-a-look", "queues/import-queue"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of this project with an empty run cache."""
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "runs"))
    return make_small_project(tmp_path / "project", [FIRST, SECOND])


def list_states(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    """Return the states of the listed snippets by name."""
    main(["list", "--json", *options], root)
    return {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)}


def test_states_follow_runs_and_edits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_states(root, capsys) == {FIRST: "stale", SECOND: "stale"}
    assert main(["run", FIRST], root) == 0
    capsys.readouterr()
    assert list_states(root, capsys) == {FIRST: "agrees", SECOND: "stale"}
    path = root / f"snippets/{FIRST}.py"
    text = path.read_text()
    path.write_text(text.replace("#> Let's", "#> Let us"))
    assert list_states(root, capsys)[FIRST] == "differs"
    path.write_text(text.partition("#: output")[0])
    assert list_states(root, capsys)[FIRST] == "never-recorded"
    path.write_text(text.replace("# title", "# titlex"))
    assert list_states(root, capsys)[FIRST] == "broken"
    path.write_text(text.replace("Let's", "Let us", 1))
    assert list_states(root, capsys)[FIRST] == "stale"
    path.write_text(text)
    assert list_states(root, capsys) == {FIRST: "agrees", SECOND: "stale"}


def test_run_option_runs_stale_snippets(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / f"snippets/{SECOND}.py"
    path.write_text(path.read_text().replace("#: output\n", "print('more')\n#: output\n"))
    assert main(["list", "--run"], root) == 1
    output = capsys.readouterr()
    assert [row.split()[:2] for row in output.out.splitlines()] == [
        ["agrees", FIRST],
        ["differs", SECOND],
    ]
    assert f"make record NAME={SECOND}" in output.err
    assert list_states(root, capsys) == {FIRST: "agrees", SECOND: "differs"}


def test_program_that_cannot_start_stays_stale_and_others_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_command = runner.build_command

    def build_wrong_command(snippet: Snippet, program: Path, python: str) -> list[str]:
        if snippet.name == SECOND:
            return ["/no/such/program"]
        return build_command(snippet, program, python)

    monkeypatch.setattr(runner, "build_command", build_wrong_command)
    assert main(["list", "--run"], root) == 1
    output = capsys.readouterr()
    assert [row.split()[:2] for row in output.out.splitlines()] == [
        ["agrees", FIRST],
        ["stale", SECOND],
    ]
    assert f"snippets: snippets/{SECOND}.py: a snippet could not be started: " in output.err


def test_list_can_be_filtered_by_chapter_and_state(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list_states(root, capsys, "queues") == {SECOND: "stale"}
    assert list_states(root, capsys, "--state", "agrees") == {}
    assert main(["list", "queues"], root) == 0
    assert capsys.readouterr().out.startswith(f"stale          {SECOND}  ")


def test_misplaced_snippet_is_reported_on_standard_error(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "docs/threads.md").write_text(format_fence(FIRST))
    assert main(["list"], root) == 1
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 2
    assert output.err.startswith(f"snippets: docs/threads.md:3: {FIRST} is shown a second time")
    assert output.err.count("\n") == 1
