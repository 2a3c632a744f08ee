"""What a page calls from its fences: panels, comparisons, and what is told where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import Page, nine_threads
from helpers.programs import text_of

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.pages import api
from snippet_engine.project.fences import fence
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

LINES = "#: output\n" + "".join(f"#> x ** y = {n}\n" for n in range(1, 10))
PROGRAMS = {
    "good": text_of("pass\n", recording=LINES),
    "differs": text_of("pass\n", recording="#: output\n#> other\n"),
    "newer": text_of("pass\n"),
    "lacks": text_of("pass\n"),
    "spoilt": "pass\n",
    "future": text_of("pass\n", recording="#: output\n#> other\n"),
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small project, whose programs do as their names say."""
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
        run = nine_threads()
        if snippet.name.endswith("future"):
            return replace(run, provenance=replace(run.provenance, python="3.99.0"))
        return run

    library = Library(tmp_path, execute=execute)
    monkeypatch.setattr(api, "library", lambda: library)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is told in the build's log."""
    told: list[str] = []

    class Log:
        def warning(self, message: str, *args: object) -> None:
            told.append(message % args)

    monkeypatch.setattr(api, "_log", Log())
    return told


def test_a_program_is_shown_with_its_run(warned: list[str]) -> None:
    """One panel, and no word in the log."""
    [(section, _)] = Page(api.show("threads/good")).all("section")
    assert (section["data-snippet"], section["data-seconds"]) == ("threads/good", "1.07")
    assert warned == []


def test_a_run_that_differs_is_shown_and_told(warned: list[str]) -> None:
    """The reader sees what was printed, whoever builds the site what differs."""
    section_html = api.show("threads/differs")
    [(section, text)] = Page(section_html).all("section")
    assert section["data-ending"] == "exit 0"
    assert "x ** y = 9" in text
    assert "snippet-mismatch" in section_html
    [message] = warned
    assert message.startswith("snippets/threads/differs.py: its output differs")


def test_a_run_on_a_python_newer_than_all_recordings_is_shown_and_no_fault(
    warned: list[str],
) -> None:
    """Its panel says so; a strict build passes."""
    assert "is-newer" in api.show("threads/future")
    assert warned == []


def test_a_program_for_another_python_is_shown_without_a_run(warned: list[str]) -> None:
    """That is no fault, so nothing is told."""
    [(section, _)] = Page(api.show("threads/newer")).all("section")
    assert "data-ending" not in section
    assert warned == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none", "there is no snippet 'threads/none'"),
        ("spoilt", "snippets/threads/spoilt.py:1: the first line must be"),
        ("lacks", "threads/lacks needs zsh"),
    ],
)
def test_what_cannot_be_shown_is_told_on_the_page_and_in_the_log(
    name: str, why: str, warned: list[str]
) -> None:
    """Shown alone, or compared with another."""
    for html in (
        api.show(f"threads/{name}"),
        api.compare("threads/good", f"threads/{name}"),
    ):
        assert why in Page(html).all("section")[0][1]
    assert len(warned) == 2
    assert all(why in message for message in warned)


def test_programs_are_compared_in_the_order_of_their_names(warned: list[str]) -> None:
    """A row for each, with a link to its panel as seen from the page."""
    html = api.compare("threads/differs", "threads/good", page="choosing")
    hrefs = [attrs["href"] for attrs, _ in Page(html).all("a")]
    assert hrefs == ["../threads/#threads-differs", "../threads/#threads-good"]
    assert warned == []


def test_a_program_that_is_no_python_is_in_the_gallery_and_not_in_the_map(
    warned: list[str],
) -> None:
    """It was run like any other; which names it uses cannot be told, and the map says why."""
    snippet = api.library().path("threads/good")
    snippet.with_name("torn.py").write_text(text_of("def\n", recording=LINES))
    exhibits = Page(api.gallery()).all("li", "exhibit")
    assert "threads/torn" in [attrs.get("data-snippet") for attrs, _ in exhibits]
    unread = {
        attrs["data-snippet"]: text
        for attrs, text in Page(api.coverage()).all("li")
        if "data-snippet" in attrs
    }
    assert set(unread) == {"threads/spoilt", "threads/torn"}


def test_what_was_made_once_is_remembered(
    project: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warned: list[str]
) -> None:
    """The next build takes the same HTML from there, and nothing is run for it."""
    for path in (tmp_path / "snippets/threads").iterdir():
        if path.stem != "good":
            path.unlink()
    ran: list[str] = []

    def execute(snippet: Snippet) -> Run:
        ran.append(snippet.name)
        return nine_threads()

    made = []
    for _ in range(2):
        library = Library(tmp_path, execute=execute, memory=Memory(tmp_path / "runs"))
        monkeypatch.setattr(api, "library", lambda library=library: library)
        calls = (
            lambda: api.show("threads/good"),
            lambda: api.compare("threads/good"),
            api.gallery,
            api.coverage,
        )
        made.append([call() for call in calls])
    assert made[0] == made[1]
    assert all(made[0])
    assert ran == ["threads/good"]
    exhibits = 1  # which the gallery and the map of names share
    assert len([*(tmp_path / "runs").glob("*.html")]) == len(calls) + exhibits


@pytest.fixture
def ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Run `good` alone, shown on its page by these fences; what was drawn of it meanwhile.

    While it runs, `during` is called.
    """

    def drawn(fences: str, during: Callable[[Path], object] = lambda path: None) -> list[str]:
        (tmp_path / "docs/threads.md").write_text(fences)
        path = tmp_path / "snippets/threads/good.py"
        for other in path.parent.iterdir():
            if other != path:
                other.unlink()

        def execute(snippet: Snippet) -> Run:
            during(path)
            return nine_threads()

        memory, kept = Memory(tmp_path / "runs"), api._draw_ahead
        library = Library(tmp_path, execute=execute, memory=memory, kept=kept)
        monkeypatch.setattr(api, "library", lambda: library)
        library.begin()
        return [path.read_text() for path in memory.folder.glob("*.html")]

    return drawn


def test_what_has_run_is_drawn_before_it_is_asked_for(
    ahead: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the notes of its page. A build that waits for other programs has time for it."""
    notes = {"pass": "Does nothing."}
    drawn = ahead(fence("threads/good").replace('good"', f'good", {notes}'))
    assert len(drawn) == 2

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was drawn already")

    monkeypatch.setattr(api, "render_panel", never)
    monkeypatch.setattr(api, "build_card", never)
    assert "Does nothing." in api.show("threads/good", notes)
    assert 'data-snippet="threads/good"' in api.gallery()


@pytest.mark.parametrize("given", ["", ', {"no such line": "Says so."}', ", {**{}}"])
def test_what_its_page_does_not_tell_is_left_to_the_page(
    given: str, ahead: Callable[..., list[str]]
) -> None:
    """No page shows it, or only with a note that fits no line, or has to be worked out."""
    page = fence("threads/good").replace('good"', f'good"{given}') if given else ""
    panels = [html for html in ahead(page) if "<section" in html]
    assert len(panels) == ("**" in given)


def test_what_was_edited_while_it_ran_is_not_drawn(ahead: Callable[..., list[str]]) -> None:
    """Its title would be the old one. The page draws it as it stands."""

    def edit(path: Path) -> None:
        path.write_text(path.read_text().replace("title = ", "title = 'Old and ' # "))

    assert ahead(fence("threads/good"), edit) == []


def test_what_is_compared_with_another_waits_for_that_one(
    ahead: Callable[..., list[str]], tmp_path: Path
) -> None:
    """Beside it, it may differ from what it claims."""
    head = '[tool.snippet.claims]\n"speedup over threads/good" = { min = 0 }'
    path = tmp_path / "snippets/threads/good.py"
    path.write_text(text_of("pass\n", head=head, recording=LINES))
    assert ahead(fence("threads/good")) == []
