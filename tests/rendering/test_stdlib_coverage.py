"""The page of standard library names that programs use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.programs import build_text
from markdown import Markdown

from snippet_engine.pages import api, site
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.rendering.stdlib_coverage import render_coverage
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_api import MODULES
from snippet_engine.snippet.stdlib_names import NAMES
from snippet_engine.snippet.stdlib_usage import StdlibUsage

HOSTILE = "</a><script>alert(1)</script> & *x* `y` __z__ {: #id } [a](b) &lt;"


def build_test_card(
    number: int, *used: str, called: tuple[str, ...] = (), reason: str = ""
) -> GalleryCard:
    """Return the card of program `number`, which uses and calls these names and methods."""
    name = f"threads/program-{number}"
    snippet = Snippet(name, Path(f"{name}.py"), "", "pass\n", "python", f"Program {number}")
    return build_card(name, snippet, reason=reason, uses=StdlibUsage((), used, called))


def test_share_counts_classes_and_functions_only() -> None:
    html = render_coverage([build_test_card(1, "queue.Queue", "queue.Empty", "queue.LifoQueue")])
    [share] = [
        text for attrs, text in Page(html).find_all("li") if attrs.get("data-module") == "queue"
    ]
    assert share == "queue2 of 4"
    assert re.search(r'data-module="queue".+class="part" width="50\.0%"', html)
    assert len(re.findall("data-module=", html)) == len(MODULES)


def test_used_name_links_to_its_first_programs_and_to_the_gallery() -> None:
    lock = ("threading.Lock",)
    others = [build_test_card(n, "threading.Thread") for n in range(2, 9)]
    page = Page(
        render_coverage([build_test_card(1, *lock, called=("threading.Lock.acquire",)), *others])
    )
    assert [text for _, text in page.find_all("dt")] == ["Lock.acquire", "Thread"]
    links = [(attrs["href"], text) for attrs, text in page.find_all("a")]
    assert ("../threads/#threads-program-1", "Program 1") in links
    assert (
        "../gallery/#show=threading.Thread",
        "all 7 that use threading.Thread, in the gallery",
    ) in links
    assert ("../threads/#threads-program-6", "Program 6") not in links


def test_unused_names_are_listed_by_category_with_a_link_to_the_documentation() -> None:
    page = Page(render_coverage([build_test_card(1, "queue.Queue")]))
    lists = {
        text.partition("Python's own page on ")[2]: text for _, text in page.find_all("details")
    }
    assert list(lists) == list(MODULES)
    assert lists["queue"].startswith("Shown nowhere: ")
    assert "Classes and functions: LifoQueue PriorityQueue SimpleQueue" in lists["queue"]
    assert "Exceptions: Empty Full" in lists["queue"]
    assert "Deprecated:" in lists["asyncio"]
    assert [text for _, text in page.find_all("p")].count("No program uses it.") == len(MODULES) - 1


def test_module_without_unused_names_has_no_list_of_them() -> None:
    card = build_test_card(1, *(f"queue.{name}" for name in NAMES["queue"]))
    page = Page(render_coverage([card]))
    assert "Python's own page on queue" not in [text for _, text in page.find_all("a")]
    assert len(page.find_all("details")) == len(MODULES) - 1


def test_programs_that_were_not_analyzed_are_listed_with_the_reason() -> None:
    invalid = build_card("locks/broken", reason="snippets/locks/broken.py:6: unknown key 'titel'")
    page = Page(render_coverage([build_test_card(1, reason="a zsh script"), invalid]))
    texts = [text for attrs, text in page.find_all("li") if "data-snippet" in attrs]
    assert texts == [
        "Program 1: a zsh script",
        "locks/broken: snippets/locks/broken.py:6: unknown key 'titel'",
    ]
    hrefs = [attrs["href"] for attrs, _ in page.find_all("a")]
    assert "../locks/" in hrefs
    assert "not-looked-into" not in render_coverage([build_test_card(1)])


def test_markdown_does_not_change_the_page_and_text_is_escaped() -> None:
    snippet = Snippet("threads/x", Path("x.py"), "", "pass\n", "python", HOSTILE)
    html = render_coverage(
        [
            build_card("threads/x", snippet, uses=StdlibUsage((), ("queue.Queue",))),
            build_card("threads/y", reason=f"two\n\n    {HOSTILE}"),
        ]
    )
    assert "<script" not in html
    assert " style=" not in html
    extensions = ["md_in_html", "tables", "attr_list", "toc", "abbr", "pymdownx.snippets"]
    assert Markdown(extensions=extensions).convert(html).strip() == html.strip()
    assert all(line.startswith("<") for line in html.splitlines())
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 0


def test_page_is_rendered_without_running_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Only a hidden name is logged here; other invalid files are logged by the check."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text("# Threads\n")
    (tmp_path / "snippets/threads").mkdir(parents=True)
    for name, code in {
        "good": build_text("from queue import Queue\nQueue()\n"),
        "star": build_text("from queue import *\n"),
        "invalid": "pass\n",
    }.items():
        (tmp_path / f"snippets/threads/{name}.py").write_text(code)

    def execute(snippet: Snippet) -> Run:
        raise AssertionError(f"{snippet.name} was run")

    runs = ProjectRuns(Project(tmp_path), execute=execute, eager=True)
    monkeypatch.setattr(site, "project_runs", lambda: runs)
    page = Page(api.coverage())
    assert [text for _, text in page.find_all("dt")] == ["Queue"]
    unanalyzed = [
        attrs["data-snippet"] for attrs, _ in page.find_all("li") if "data-snippet" in attrs
    ]
    assert unanalyzed == ["threads/invalid", "threads/star"]
    assert [warning.partition(": ")[2] for warning in caplog.messages] == [
        "`from queue import *` hides which names the program uses; import them by name"
    ]
