"""`snippets list`: every snippet with its state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.projects import fence, small_project

from snippet_engine.__main__ import main
from snippet_engine.execution import runner as execution
from snippet_engine.snippet.model import Snippet

GOOD, OTHER = "one-at-a-time/take-a-look", "queues/import-queue"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of this project, of which nothing has been run."""
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "runs"))
    return small_project(tmp_path / "project", [GOOD, OTHER])


def states(root: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, str]:
    """The state of each snippet that is listed."""
    main(["list", "--json", *more], root)
    return {one["name"]: one["state"] for one in json.loads(capsys.readouterr().out)}


def test_states_follow_what_is_done(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stale, run, spoilt, recorded away, broken: each is told, the rest stays."""
    assert states(root, capsys) == {GOOD: "stale", OTHER: "stale"}
    assert main(["run", GOOD], root) == 0
    capsys.readouterr()
    assert states(root, capsys) == {GOOD: "agrees", OTHER: "stale"}
    path = root / f"snippets/{GOOD}.py"
    text = path.read_text()
    path.write_text(text.replace("#> Let's", "#> Let us"))
    assert states(root, capsys)[GOOD] == "differs"
    path.write_text(text.partition("#: output")[0])
    assert states(root, capsys)[GOOD] == "never-recorded"
    path.write_text(text.replace("# title", "# titlex"))
    assert states(root, capsys)[GOOD] == "broken"
    path.write_text(text.replace("Let's", "Let us", 1))
    assert states(root, capsys)[GOOD] == "stale"
    path.write_text(text)
    assert states(root, capsys) == {GOOD: "agrees", OTHER: "stale"}


def test_run_makes_sure_of_all(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is stale is run; a program that prints something else differs, with its cure."""
    path = root / f"snippets/{OTHER}.py"
    path.write_text(path.read_text().replace("#: output\n", "print('more')\n#: output\n"))
    assert main(["list", "--run"], root) == 1
    told = capsys.readouterr()
    assert [row.split()[:2] for row in told.out.splitlines()] == [
        ["agrees", GOOD],
        ["differs", OTHER],
    ]
    assert f"make record NAME={OTHER}" in told.err
    assert states(root, capsys) == {GOOD: "agrees", OTHER: "differs"}


def test_what_cannot_be_run_is_told_and_keeps_no_other_from_being_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays stale, with the reason on standard error and status 1."""
    real = execution.build_command

    def command(snippet: Snippet, program: Path, python: str) -> list[str]:
        found = real(snippet, program, python)
        return ["/no/such/program"] if snippet.name == OTHER else found

    monkeypatch.setattr(execution, "build_command", command)
    assert main(["list", "--run"], root) == 1
    told = capsys.readouterr()
    assert [row.split()[:2] for row in told.out.splitlines()] == [
        ["agrees", GOOD],
        ["stale", OTHER],
    ]
    assert f"snippets: snippets/{OTHER}.py: a snippet could not be started: " in told.err


def test_a_list_may_be_of_a_chapter_or_a_state(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both narrow it down; where all is well the status is 0."""
    assert states(root, capsys, "queues") == {OTHER: "stale"}
    assert states(root, capsys, "--state", "agrees") == {}
    assert main(["list", "queues"], root) == 0
    assert capsys.readouterr().out.startswith(f"stale          {OTHER}  ")


def test_what_is_misplaced_is_told_beside_the_list(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line on standard error, with status 1; the list is as ever."""
    (root / "docs/threads.md").write_text(fence(GOOD))
    assert main(["list"], root) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert told.err.startswith(f"snippets: docs/threads.md:3: {GOOD} is shown a second time")
    assert told.err.count("\n") == 1
