"""The functions of pages: panels, comparisons, gallery, coverage, and their warnings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import Page, make_nine_threads
from helpers.programs import build_text

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.pages import api, site
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.project.run_cache import RunCache
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

LINES = "#: output\n" + "".join(f"#> x ** y = {n}\n" for n in range(1, 10))
PROGRAMS = {
    "good": build_text("pass\n", head="claims.seconds = { max = 2 }", recording=LINES),
    "differs": build_text("pass\n", recording="#: output\n#> other\n"),
    "newer": build_text("pass\n"),
    "lacks": build_text("pass\n"),
    "invalid": "pass\n",
    "future": build_text("pass\n", recording="#: output\n#> other\n"),
}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectRuns:
    """Return the runs of a small project, whose programs do as their names say."""
    for folder in ("docs", "snippets/threads"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs/threads.md").touch()
    for name, text in PROGRAMS.items():
        (tmp_path / f"snippets/threads/{name}.py").write_text(text)

    def execute(snippet: Snippet) -> Run:
        if snippet.name.endswith("newer"):
            raise UnsupportedPythonError(snippet, "3.11.7")
        if snippet.name.endswith("lacks"):
            raise ExecutionError(f"{snippet.name} needs zsh")
        run = make_nine_threads()
        if snippet.name.endswith("future"):
            return replace(run, provenance=replace(run.provenance, python="3.99.0"))
        return run

    runs = ProjectRuns(Project(tmp_path), execute=execute, eager=True)
    monkeypatch.setattr(site, "project_runs", lambda: runs)
    return runs


def test_panel_shows_a_program_and_its_run(caplog: pytest.LogCaptureFixture) -> None:
    [(section, _)] = Page(api.show("threads/good")).find_all("section")
    assert (section["data-snippet"], section["data-seconds"]) == ("threads/good", "1.07")
    assert caplog.messages == []


def test_run_that_differs_is_shown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    section_html = api.show("threads/differs")
    [(section, text)] = Page(section_html).find_all("section")
    assert section["data-ending"] == "exit 0"
    assert "x ** y = 9" in text
    assert "snippet-mismatch" in section_html
    [message] = caplog.messages
    assert message.startswith("snippets/threads/differs.py: its output differs")


def test_run_on_a_python_newer_than_all_recordings_is_shown_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "is-newer" in api.show("threads/future")
    assert caplog.messages == []


def test_program_for_another_python_is_shown_without_run_or_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    [(section, _)] = Page(api.show("threads/newer")).find_all("section")
    assert "data-ending" not in section
    assert caplog.messages == []


def test_program_for_another_python_has_no_values_and_no_row_in_a_comparison(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert api.measured("threads/newer", "seconds") == "?"
    links = Page(api.compare("threads/newer", "threads/good")).find_all("a")
    assert [attrs["href"] for attrs, _ in links] == ["threads/#threads-good"]
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "there is no snippet 'threads/none'"),
        ("invalid", "snippets/threads/invalid.py:1: the first line must be"),
        ("lacks", "threads/lacks needs zsh"),
    ],
)
def test_error_is_shown_on_the_page_and_logged(
    name: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    for html in (
        api.show(f"threads/{name}"),
        api.compare("threads/good", f"threads/{name}"),
    ):
        assert reason in Page(html).find_all("section")[0][1]
    assert len(caplog.messages) == 2
    assert all(reason in message for message in caplog.messages)


def test_comparison_has_a_row_with_a_link_for_each_name(caplog: pytest.LogCaptureFixture) -> None:
    html = api.compare("threads/differs", "threads/good", page="choosing")
    hrefs = [attrs["href"] for attrs, _ in Page(html).find_all("a")]
    assert hrefs == ["../threads/#threads-differs", "../threads/#threads-good"]
    assert caplog.messages == []


def test_program_with_a_syntax_error_is_in_the_gallery_and_listed_by_coverage(
    runs: ProjectRuns,
) -> None:
    path = runs.project.path("threads/good")
    path.with_name("torn.py").write_text(build_text("def\n", recording=LINES))
    cards = Page(api.gallery()).find_all("li", "exhibit")
    assert "threads/torn" in [attrs.get("data-snippet") for attrs, _ in cards]
    unanalysed = {
        attrs["data-snippet"]: text
        for attrs, text in Page(api.coverage()).find_all("li")
        if "data-snippet" in attrs
    }
    assert set(unanalysed) == {"threads/invalid", "threads/torn"}


def test_coverage_lists_programs_in_the_order_of_the_navigation(
    runs: ProjectRuns, tmp_path: Path
) -> None:
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - Threads: threads.md\n  - Basics: basics.md\n")
    (tmp_path / "docs/basics.md").touch()
    for chapter in ("basics", "threads"):
        path = tmp_path / f"snippets/{chapter}/event.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(build_text("import threading\nthreading.Event()\n", recording=LINES))
    hrefs = [attrs["href"] or "" for attrs, _ in Page(api.coverage()).find_all("a")]
    users = [href for href in hrefs if href.endswith("-event")]
    assert users == ["../threads/#threads-event", "../basics/#basics-event"]


def test_next_build_takes_the_html_from_the_cache_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "snippets/threads").iterdir():
        if path.stem != "good":
            path.unlink()
    ran: list[str] = []

    def execute(snippet: Snippet) -> Run:
        ran.append(snippet.name)
        return make_nine_threads()

    results = []
    for _ in range(2):
        cache = RunCache(tmp_path / "runs")
        runs = ProjectRuns(Project(tmp_path), execute=execute, cache=cache, eager=True)
        monkeypatch.setattr(site, "project_runs", lambda runs=runs: runs)
        calls = (
            lambda: api.show("threads/good"),
            lambda: api.compare("threads/good"),
            lambda: api.measured("threads/good", "seconds"),
            api.gallery,
            api.coverage,
        )
        results.append([call() for call in calls])
    assert results[0] == results[1]
    assert all(results[0])
    assert ran == ["threads/good"]
    cards = 1  # that the gallery and the coverage share
    assert len([*(tmp_path / "runs").glob("*.html")]) == len(calls) + cards


def test_first_call_runs_all_programs(runs: ProjectRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(runs, "run_all", lambda: calls.append("run_all"))
    api.show("threads/none")
    assert calls == []  # an unknown snippet needs no run
    api.show("threads/good")
    assert calls == ["run_all"]


def test_project_runs_are_shared_and_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert site.project_runs() is site.project_runs()
    assert site.project_runs().project.names()
