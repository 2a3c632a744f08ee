"""Shares of the runs, made apart and put together by the build."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from changed_panels import compare_panels, read_panels
from helpers.browser import build
from helpers.projects import small_project
from helpers.repository import LIBRARY

from snippet_engine.project.project import Library
from snippet_engine.project.run_all import Shard, results
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

NAMES = [
    "one-at-a-time/take-a-look",
    "queues/what-pickles",
    "shared-state/two-threads-one-dict",
    "threads/thread-for-each-task",
    "threads/thread-pool",
]


@pytest.mark.parametrize("of", [1, 2, 8, pytest.param(100, marks=pytest.mark.slow)])
def test_each_snippet_is_in_one_share(of: int) -> None:
    """Together the shares are all snippets, however many shares there are."""
    shares = [Shard(number, of).names(LIBRARY) for number in range(1, of + 1)]
    assert sorted(name for share in shares for name in share) == LIBRARY.names()


def test_shares_last_about_as_long() -> None:
    """Those that run alone, and the long ones, are spread over all shares."""
    shares = [Shard(number, 8).names(LIBRARY) for number in range(1, 9)]
    snippets = [[LIBRARY.read(name) for name in share] for share in shares]
    alone = [sum(one.exclusive for one in share) for share in snippets]
    assert max(alone) - min(alone) <= 1
    long = [sum(one.expected_seconds for one in share) for share in snippets]
    assert max(long) <= 2 * sum(long) / len(long)


def test_what_is_no_share_is_refused() -> None:
    """The numbers of shares begin with one."""
    assert Shard.parsed("2/8") == Shard(2, 8)
    for text in ("0/8", "9/8", "1", "a/b", "1/0", "-1/2", "1/2/3"):
        with pytest.raises(ValueError, match="invalid shard"):
            Shard.parsed(text)


def test_what_is_wrong_is_told_and_the_rest_runs(tmp_path: Path) -> None:
    """A broken head, a run that differs and one for another Python are results like others."""
    names = NAMES[-3:]
    root = small_project(tmp_path, names)
    broken, differs, later = (root / f"snippets/{name}.py" for name in names)
    broken.write_text("no head\n")
    differs.write_text(re.sub(r"#> .*", "#> other", differs.read_text(), count=1))
    later.write_text(later.read_text().replace(">=3.11", ">=3.99"))
    assert Shard(1, 1).names(Library(root, eager=False)) == sorted(names)
    told = {one.name: one for one in results(Library(root, eager=False), names)}
    first, second, third = (told[name] for name in names)
    assert "two-threads-one-dict.py:1: the first line must be" in first.wrong
    assert "its output differs from its recording" in second.wrong
    assert second.run
    assert (third.run, third.wrong) == (None, "")


def put_together(root: Path, folder: Path) -> Path:
    """The runs of three shares, each made apart, in one folder below `folder`."""
    together = folder / "together"
    together.mkdir()
    for number in (1, 2, 3):
        share = folder / f"share-{number}"
        library = Library(root, memory=Memory(share), eager=False)
        mine = Shard(number, 3).names(library)
        assert [one.wrong for one in results(library, mine)] == [""] * len(mine)
        assert len(list(share.iterdir())) == len(mine)
        shutil.copytree(share, together, dirs_exist_ok=True)
    return together


def test_shares_put_together_leave_nothing_to_run(tmp_path: Path) -> None:
    """One machine finds the runs of all of them."""
    names = ["one-at-a-time/take-a-look", "threads/thread-for-each-task", "threads/whole-lines"]
    root = small_project(tmp_path / "project", names)

    def never(snippet: Snippet) -> Run:
        raise AssertionError(f"{snippet.name} is run again")

    library = Library(root, memory=Memory(put_together(root, tmp_path)), execute=never)
    assert {library.run_of(name).ending for name in names} == {"exit 0"}


@pytest.mark.slow
def test_a_site_from_shares_is_that_of_one_machine(tmp_path: Path) -> None:
    """The build runs nothing, and the panels are the same but for times."""
    root = small_project(tmp_path / "project", NAMES)
    together = put_together(root, tmp_path)
    merged = build(root, tmp_path / "merged", SNIPPETS_MEMORY=str(together))
    alone = build(root, tmp_path / "alone", CI="1")
    assert (merged.returncode, alone.returncode) == (0, 0), merged.stderr + alone.stderr
    assert "have run" not in merged.stderr
    assert "5 of 5 have run" in alone.stderr
    mine, theirs = read_panels(tmp_path / "alone"), read_panels(tmp_path / "merged")
    assert sorted(mine) == NAMES
    assert compare_panels(mine, theirs, Library(root).read) == []
