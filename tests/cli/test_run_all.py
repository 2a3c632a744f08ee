"""`snippets run --all`: every snippet, or one machine's share of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.projects import small_project

from snippet_engine.__main__ import main

NAMES = ["queues/joined-too-early", "threads/thread-for-each-task"]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One in which nothing is run."""
    return small_project(tmp_path_factory.mktemp("untouched") / "project", NAMES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two quick programs."""
    return small_project(tmp_path / "project", NAMES)


def test_shares_leave_their_runs_in_a_folder(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each says what it ran; what is there already is not run again."""
    command = ["run", "--all", "--json", "--into", str(tmp_path / "runs")]
    told = []
    for share in ("1/2", "2/2", "1/1"):
        assert main([*command, "--shard", share], root) == 0
        out, err = capfd.readouterr()
        told.append([json.loads(line) for line in out.splitlines()])
        assert ("have run" in err) == (share != "1/1")
    assert [one["name"] for one in told[0] + told[1]] == NAMES
    assert told[2] == told[0] + told[1]
    assert [one["ending"] for one in told[2]] == ["stopped", "exit 0"]
    assert not any(one["wrong"] for one in told[2])
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_what_is_wrong_is_told_and_the_status_says_so(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The others are run all the same, and listed with their times."""
    broken = root / f"snippets/{NAMES[0]}.py"
    broken.write_text("no head\n")
    assert main(["run", "--all"], root) == 1
    out, err = capfd.readouterr()
    assert f"{NAMES[0]}.py:1: the first line must be" in err
    [first, second] = out.splitlines()
    assert first.split() == ["–", "not", "run", NAMES[0]]
    assert second.endswith(NAMES[1])
    assert " exit 0 " in second


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name one snippet, or say --all"),
        ([NAMES[0], "--all"], "name one snippet, or say --all"),
        ([NAMES[0], "--shard", "1/2"], "--shard and --into go with --all"),
        ([NAMES[0], "--into", "x"], "--shard and --into go with --all"),
        (["--all", "--watch"], "--watch goes with one snippet"),
        (["--all", "--shard", "3/2"], "'3/2' is no share: 2/8 is the second of eight"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: list[str], said: str, untouched: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line says why, and nothing runs."""
    assert main(["run", *options], untouched) == 2
    assert capfd.readouterr().err == f"snippets: {said}\n"
