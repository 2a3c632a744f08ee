"""A placeholder in prose becomes the measured value that a snippet claims."""

from __future__ import annotations

import logging

import pytest
from helpers.handmade import make_nine_threads
from helpers.programs import build_snippet
from helpers.repository import PROJECT
from markdown import markdown

from snippet_engine.errors import SnippetError
from snippet_engine.pages import site
from snippet_engine.project.project_runs import ProjectRuns
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

CLAIMS = """
    [tool.snippet.claims]
    workers = 10
    seconds = { max = 5 }
    "speedup over tests/slow" = { min = 0.5 }
"""


class HandmadeRuns(ProjectRuns):
    """One snippet and its handmade run; nothing is cached."""

    def __init__(self) -> None:
        super().__init__(PROJECT)

    def run(self, name: str) -> tuple[Snippet, Run]:
        if name not in ("tests/program", "tests/slow"):
            raise SnippetError(build_snippet("1\n").path, 1, "there is no such snippet")
        return build_snippet("pass\n", head=CLAIMS), make_nine_threads()

    def fingerprint(self, name: str) -> None:
        return None


@pytest.fixture(autouse=True)
def use_handmade_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "project_runs", HandmadeRuns)


def render_paragraph(text: str) -> str:
    """Return the HTML of a paragraph of Markdown."""
    return markdown(text, extensions=["snippet_engine.pages.markdown_measured"])


def test_placeholder_becomes_a_span_with_the_measured_value() -> None:
    html = render_paragraph("All **{{ tests/program workers }}** in {{tests/program  seconds}}.")
    assert html == (
        '<p>All <strong><span class="measured" title="measured: workers of tests/program">10</span>'
        '</strong> in <span class="measured" title="measured: seconds of tests/program">1.07 s'
        "</span>.</p>"
    )


def test_name_of_a_measure_may_contain_spaces() -> None:
    assert ">1.0</span>" in render_paragraph("{{ tests/program speedup over tests/slow }} times")


def test_code_and_other_braces_are_left_unchanged() -> None:
    for text in ("`{{ tests/program workers }}`", "{{ workers }}", "{ tests/program workers }"):
        assert "measured" not in render_paragraph(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ tests/program memory }}", "claims no 'memory', only workers, seconds, speedup"),
        ("{{ tests/none workers }}", "there is no such snippet"),
    ],
)
def test_unclaimed_measure_is_a_question_mark_and_a_warning(
    text: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ">?</span>" in render_paragraph(text)
    assert words in caplog.text
