"""Cached HTML is valid until a snippet, its run or its options change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import make_printed_run
from helpers.programs import build_text

from snippet_engine.pages.render_cache import RenderCache
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

COMPARED = '[tool.snippet.claims]\n"speedup over threads/other" = { min = 0 }'


def write(root: Path, name: str, code: str, head: str = "") -> None:
    """Write a snippet that prints its name, and is recorded so."""
    path = root / "snippets" / "threads" / f"{name}.py"
    path.write_text(build_text(code, head=head, recording=f"#: output\n#> {name}\n"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project of three snippets; `one` has a claim about `other`."""
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    write(tmp_path, "one", "pass\n", COMPARED)
    write(tmp_path, "other", "pass\n")
    write(tmp_path, "third", "pass\n")
    return tmp_path


@pytest.fixture
def run_cache(tmp_path: Path) -> RunCache:
    return RunCache(tmp_path / "runs")


def make_runs(root: Path, run_cache: RunCache | None, seconds: float = 1.0) -> ProjectRuns:
    """Return the runs of a build, whose programs print their names and take `seconds`."""

    def execute(snippet: Snippet) -> Run:
        return replace(make_printed_run(snippet.name.partition("/")[2]), seconds=seconds)

    return ProjectRuns(Project(root), execute=execute, cache=run_cache, eager=True)


def get_panel(runs: ProjectRuns, *options: object) -> str | None:
    """Return the cached panel of `one`."""
    return RenderCache(runs).get("panel", ["threads/one"], list(options))


def cache_panel(root: Path, run_cache: RunCache) -> None:
    """Run all programs and cache the panel of `one`, as a build does."""
    runs = make_runs(root, run_cache)
    runs.run_all()
    assert get_panel(runs) is None
    RenderCache(runs).set("panel", ["threads/one"], [], "<p>made</p>")


def test_next_build_finds_it_and_a_look_up_runs_nothing(root: Path, run_cache: RunCache) -> None:
    cache_panel(root, run_cache)

    def execute(snippet: Snippet) -> Run:
        raise AssertionError(f"{snippet.name} was run")

    runs = ProjectRuns(Project(root), execute=execute, cache=run_cache, eager=True)
    assert get_panel(runs) == "<p>made</p>"
    write(root, "one", "print()\n")
    assert get_panel(runs) is None


def run_again(root: Path, run_cache: RunCache, name: str = "one") -> None:
    """Delete the cached run of a snippet, and run it again; it takes longer."""
    runs = make_runs(root, run_cache, seconds=2.0)
    key = runs.cache_key(runs.project.read(f"threads/{name}"))
    (run_cache.folder / f"{key}.json").unlink()
    runs.run(f"threads/{name}")


@pytest.mark.parametrize(
    "change",
    [
        lambda root, _: write(root, "one", "print()\n", COMPARED),
        lambda root, _: write(root, "one", "pass\n", f"alone = true\n{COMPARED}"),
        lambda root, _: write(root, "other", "print()\n"),
        lambda root, _: (root / "requirements.txt").write_text("rich==14\n"),
        run_again,
        lambda root, run_cache: run_again(root, run_cache, "other"),
    ],
    ids=["program", "head", "compared program", "lock", "run", "compared run"],
)
def test_change_of_what_it_shows_invalidates_it(
    root: Path, run_cache: RunCache, change: Callable[[Path, RunCache], object]
) -> None:
    cache_panel(root, run_cache)
    change(root, run_cache)
    assert get_panel(make_runs(root, run_cache)) is None


def test_new_recording_invalidates_it_without_a_new_run(root: Path, run_cache: RunCache) -> None:
    cache_panel(root, run_cache)
    path = root / "snippets" / "threads" / "one.py"
    path.write_text(f"{path.read_text()}#: output on Python 3.12\n#> another\n")
    runs = make_runs(root, run_cache, seconds=2.0)
    assert get_panel(runs) is None
    assert runs.run_of("threads/one").seconds == 1.0  # the cached run


def test_kind_options_and_style_of_links_are_part_of_its_key(
    root: Path, run_cache: RunCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache_panel(root, run_cache)
    runs = make_runs(root, run_cache)
    assert get_panel(runs, "a note") is None
    assert RenderCache(runs).get("other", ["threads/one"], []) is None
    monkeypatch.setenv("SNIPPETS_LINKS", "source")
    assert get_panel(runs) is None


def test_another_snippet_is_no_part_of_its_key(root: Path, run_cache: RunCache) -> None:
    cache_panel(root, run_cache)
    write(root, "third", "print()\n")
    assert get_panel(make_runs(root, run_cache)) == "<p>made</p>"


def test_nothing_is_cached_of_a_run_that_is_not_cached(root: Path, run_cache: RunCache) -> None:
    """It differs from its recording, its file is invalid, or there is no run cache."""
    write(root, "other", "pass\n")
    path = root / "snippets" / "threads" / "other.py"
    path.write_text(path.read_text().replace("#> other", "#> something else"))
    runs = make_runs(root, run_cache)
    runs.run("threads/one")
    runs.run("threads/other")
    path.with_name("third.py").write_text("no head\n")
    for names in (["threads/one"], ["threads/other"], ["threads/third"], ["threads/none"]):
        RenderCache(runs).set("panel", names, None, "<p>made</p>")
        assert RenderCache(runs).get("panel", names) is None
    uncached = RenderCache(make_runs(root, None))
    uncached.set("panel", ["threads/one"], None, "<p>made</p>")
    assert uncached.get("panel", ["threads/one"]) is None
    assert [*run_cache.folder.glob("*.html")] == []
