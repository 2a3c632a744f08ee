"""`snippets run --all`: all snippets, or one shard of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.projects import make_small_project

from snippet_engine.__main__ import main

NAMES = ["queues/joined-too-early", "threads/thread-for-each-task"]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which no program is run."""
    return make_small_project(tmp_path_factory.mktemp("untouched") / "project", NAMES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two short programs."""
    return make_small_project(tmp_path / "project", NAMES)


def test_shards_store_their_runs_in_a_folder(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Runs in the folder are not repeated."""
    command = ["run", "--all", "--json", "--into", str(tmp_path / "runs")]
    printed = []
    for shard in ("1/2", "2/2", "1/1"):
        assert main([*command, "--shard", shard], root) == 0
        out, err = capfd.readouterr()
        printed.append([json.loads(line) for line in out.splitlines()])
        assert ("have run" in err) == (shard != "1/1")
    assert [row["name"] for row in printed[0] + printed[1]] == NAMES
    assert printed[2] == printed[0] + printed[1]
    assert [row["ending"] for row in printed[2]] == ["stopped", "exit 0"]
    assert not any(row["wrong"] for row in printed[2])
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_broken_snippet_is_reported_and_others_run(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
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
    ("options", "message"),
    [
        ([], "expected one snippet or --all"),
        ([NAMES[0], "--all"], "expected one snippet or --all"),
        ([NAMES[0], "--shard", "1/2"], "--shard and --into require --all"),
        ([NAMES[0], "--into", "x"], "--shard and --into require --all"),
        (["--all", "--watch"], "--watch requires one snippet"),
        (["--all", "--shard", "3/2"], "invalid shard '3/2': expected I/N, e.g. 2/8"),
    ],
)
def test_conflicting_options_are_errors(
    options: list[str], message: str, untouched: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *options], untouched) == 2
    assert capfd.readouterr().err == f"snippets: {message}\n"
