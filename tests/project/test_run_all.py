"""Shards of the runs, made separately and merged by a build."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from changed_panels import compare_panels, read_panels
from helpers.browser import build_site
from helpers.projects import make_small_project
from helpers.repository import PROJECT

from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_all import Shard, run_snippets
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

NAMES = [
    "one-at-a-time/take-a-look",
    "queues/what-pickles",
    "shared-state/two-threads-one-dict",
    "threads/thread-for-each-task",
    "threads/thread-pool",
]


@pytest.mark.parametrize("count", [1, 2, 8, pytest.param(100, marks=pytest.mark.slow)])
def test_each_snippet_is_in_one_shard(count: int) -> None:
    shards = [Shard(number, count).names(PROJECT) for number in range(1, count + 1)]
    assert sorted(name for shard in shards for name in shard) == PROJECT.names()


def test_shards_take_about_the_same_time() -> None:
    """Exclusive and long programs are spread over all shards."""
    shards = [Shard(number, 8).names(PROJECT) for number in range(1, 9)]
    snippets = [[PROJECT.read(name) for name in shard] for shard in shards]
    exclusive = [sum(snippet.exclusive for snippet in shard) for shard in snippets]
    assert max(exclusive) - min(exclusive) <= 1
    seconds = [sum(snippet.expected_seconds for snippet in shard) for shard in snippets]
    assert max(seconds) <= 2 * sum(seconds) / len(seconds)


def test_invalid_shard_is_an_error() -> None:
    assert Shard.parse("2/8") == Shard(2, 8)
    for text in ("0/8", "9/8", "1", "a/b", "1/0", "-1/2", "1/2/3"):
        with pytest.raises(ValueError, match="invalid shard"):
            Shard.parse(text)


def test_errors_are_results_and_the_other_snippets_run(tmp_path: Path) -> None:
    names = NAMES[-3:]
    root = make_small_project(tmp_path, names)
    broken, differs, later = (root / f"snippets/{name}.py" for name in names)
    broken.write_text("no head\n")
    differs.write_text(re.sub(r"#> .*", "#> other", differs.read_text(), count=1))
    later.write_text(later.read_text().replace(">=3.11", ">=3.99"))
    assert Shard(1, 1).names(Project(root)) == sorted(names)
    first, second, third = run_snippets(ProjectRuns(Project(root)), names)
    assert "two-threads-one-dict.py:1: the first line must be" in first.error
    assert "its output differs from its recording" in second.error
    assert second.run
    assert (third.run, third.error) == (None, "")


def run_shards(root: Path, folder: Path) -> Path:
    """Run three shards separately, and return a folder below `folder` with all runs."""
    merged = folder / "merged-runs"
    merged.mkdir()
    for number in (1, 2, 3):
        shard = folder / f"shard-{number}"
        runs = ProjectRuns(Project(root), cache=RunCache(shard))
        names = Shard(number, 3).names(runs.project)
        assert [result.error for result in run_snippets(runs, names)] == [""] * len(names)
        assert len(list(shard.iterdir())) == len(names)
        shutil.copytree(shard, merged, dirs_exist_ok=True)
    return merged


def test_merged_shards_leave_nothing_to_run(tmp_path: Path) -> None:
    names = ["one-at-a-time/take-a-look", "threads/thread-for-each-task", "threads/whole-lines"]
    root = make_small_project(tmp_path / "project", names)

    def fail(snippet: Snippet) -> Run:
        raise AssertionError(f"{snippet.name} is run again")

    runs = ProjectRuns(Project(root), cache=RunCache(run_shards(root, tmp_path)), execute=fail)
    assert {runs.run_of(name).ending for name in names} == {"exit 0"}


@pytest.mark.slow
def test_site_from_merged_shards_equals_that_of_one_machine(tmp_path: Path) -> None:
    root = make_small_project(tmp_path / "project", NAMES)
    runs = run_shards(root, tmp_path)
    merged = build_site(root, tmp_path / "merged", SNIPPETS_MEMORY=str(runs))
    alone = build_site(root, tmp_path / "alone", CI="1")
    assert (merged.returncode, alone.returncode) == (0, 0), merged.stderr + alone.stderr
    assert "have run" not in merged.stderr
    assert "5 of 5 have run" in alone.stderr
    mine, theirs = read_panels(tmp_path / "alone"), read_panels(tmp_path / "merged")
    assert sorted(mine) == NAMES
    assert compare_panels(mine, theirs, Project(root).read) == []
