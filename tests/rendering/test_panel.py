"""The panel of a snippet and its run."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from helpers.handmade import Page
from markdown import Markdown

from snippet_engine.rendering.panel import render_failure, render_panel
from snippet_engine.run import Line, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Outcome, Snippet

HOSTILE = "</pre><script>alert(1)</script> & ]]> *x* `y` __z__ {: #id } [a](b) &lt;"
EXTENSIONS = [
    "md_in_html",
    "tables",
    "attr_list",
    "pymdownx.superfences",
    "pymdownx.snippets",
    "abbr",
    "toc",
    "admonition",
]


def build_snippet(code: str = "print(1)\n", /, **more: object) -> Snippet:
    """Return a snippet `threads/nine` with `code`."""
    fields = {"name": "threads/nine", "language": "python", "title": "Nine threads", **more}
    path = Path("snippets/threads/nine.py")
    return Snippet(path=path, head="", code=code, **fields)  # type: ignore[arg-type]


def build_run(*lines: Line, **more: object) -> Run:
    """Return a run of one process that printed `lines`."""
    run = Run(
        seconds=1.066,
        cpu_seconds=0.05,
        peak_memory=11_234_567,
        ending="exit 0",
        provenance=Provenance(
            "3.12.1",
            "CPython, with the GIL",
            "Linux x86_64",
            8,
            "fork",
            "2026-11-22T20:20:31+00:00",
        ),
        lines=lines,
        workers=(Worker("w0", "process", "main", None, 0.0, 1.066, 1),),
        spans=(Span("w0", "waiting", 0.1, 1.0, "sleep"),),
    )
    return replace(run, **more)  # type: ignore[arg-type]


def read_notices(snippet: Snippet, run: Run) -> str:
    """Return the text of the panel's notices."""
    return " ".join(
        text for _, text in Page(render_panel(snippet, run)).find_all("div", "snippet-notes")
    ).strip()


def test_section_has_the_attributes_that_tests_and_scripts_use() -> None:
    [(section, _)] = Page(render_panel(build_snippet(source=5), build_run())).find_all("section")
    assert section == {
        "class": "snippet",
        "id": "threads-nine",
        "aria-labelledby": "threads-nine-title",
        "data-snippet": "threads/nine",
        "data-source": "5",
        "style": "--code:1;--shown:1",
        "data-seconds": "1.07",
        "data-ending": "exit 0",
    }


def test_only_a_block_of_the_talk_has_its_number() -> None:
    assert "Block 5 of 17 of the talk" in render_panel(build_snippet(source=5), build_run())
    ours = render_panel(build_snippet(), build_run())
    assert "data-source" not in ours
    assert "of the talk" not in ours


@pytest.mark.parametrize("level", [2, 3])
def test_title_is_a_heading_of_the_given_level_with_a_link_to_itself(level: int) -> None:
    [(heading, text)] = Page(render_panel(build_snippet(), build_run(), level)).find_all(
        f"h{level}"
    )
    assert heading["id"] == "threads-nine-title"
    assert text == "Nine threads#"


def test_code_is_a_numbered_block_under_its_file_name() -> None:
    """Line numbers are not part of the text, so they are not copied."""
    code = "\n\nx = '''\n```\n\n\ty\n~~~\n'''\nprint(x)\n"
    page = Page(render_panel(build_snippet(code), build_run()))
    assert page.find_all("span", "filename")[0][1] == "nine.py"
    [(_, copied)] = page.find_all("code")
    assert copied == code
    [(block, _)] = page.find_all("div", "highlight")
    assert block["class"] == "language-python highlight"
    numbers = [
        attrs["data-linenos"] for attrs, _ in page.find_all("span") if "data-linenos" in attrs
    ]
    assert [int(number or 0) for number in numbers] == list(range(1, 10))


def test_zsh_program_is_highlighted_as_zsh() -> None:
    page = Page(render_panel(build_snippet("time ls\n", language="zsh"), build_run()))
    assert page.find_all("div", "language-zsh")


def test_output_line_has_its_time_worker_and_stream() -> None:
    page = Page(
        render_panel(
            build_snippet(),
            build_run(
                Line(0.5, "stdout", "out", "w0"),
                Line(0.75, "stderr", "wrong", "w0"),
                Line(1.0, "stdout", "unknown", None),
            ),
        )
    )
    out, wrong, unknown = page.find_all("li", "line")
    assert out[0] == {
        "class": "line w0 s0",
        "data-at": "0.5000",
        "data-worker": "w0",
        "data-stream": "stdout",
    }
    assert out[1] == "0.50 smain out"
    assert wrong[0]["data-stream"] == "stderr"
    assert wrong[1] == "0.75 smainstderr wrong"
    assert (unknown[0]["data-worker"], unknown[1]) == ("", "1.00 s unknown")


@pytest.mark.parametrize(("count", "folded"), [(20, 0), (24, 0), (25, 5), (100, 80)])
def test_long_output_is_folded_after_twenty_lines(count: int, folded: int) -> None:
    page = Page(
        render_panel(
            build_snippet(), build_run(*(Line(0.1, "stdout", str(n)) for n in range(count)))
        )
    )
    assert len(page.find_all("li", "line")) == count
    if folded:
        [(_, summary)] = page.find_all("summary")
        assert summary == f"{folded} more line{'s' * (folded > 1)}"
        assert "21" in {attrs.get("start") for attrs, _ in page.find_all("ol")}
    else:
        assert not page.find_all("details")


def test_empty_output_is_described_in_words() -> None:
    page = Page(render_panel(build_snippet(), build_run()))
    assert page.find_all("div", "snippet-output")[0][1] == "Prints nothing."


@pytest.mark.parametrize(
    ("fields", "ending", "expected"),
    [
        ({}, "exit 0", ""),
        ({"setup": "d = {}\n"}, "exit 0", "First, unseen: d = {}"),
        (
            {"stop_after": 3.5},
            "stopped",
            "Never ends by itself: stopped after 3.5 s, as intended.",
        ),
        ({"stop_after": 3.5}, "exit 0", "Ended with exit 0, which was not intended."),
        ({"raises": "TypeError"}, "exit 1", "Raises TypeError, as intended."),
        ({"raises": "TypeError"}, "exit 0", "Ended with exit 0, which was not intended."),
        ({}, "limit: time", "Ended with limit: time, which was not intended."),
        (
            {"start_method": "fork"},
            "exit 0",
            "Needs the fork start method, which is not the default from Python 3.14 on,"
            " nor on macOS.",
        ),
        ({"dependencies": ("pandas", "numpy>2")}, "exit 0", "Needs pandas and numpy>2."),
        (
            {"exclusive": True},
            "exit 0",
            "Measured alone: no other program of this site computed beside it.",
        ),
    ],
)
def test_notices_describe_requirements_and_the_exit_status(
    fields: dict[str, object], ending: str, expected: str
) -> None:
    assert read_notices(build_snippet(**fields), build_run(ending=ending)) == expected


def test_facts_are_the_measurements_and_their_environment() -> None:
    [(_, facts)] = Page(render_panel(build_snippet(), build_run())).find_all(
        "footer", "snippet-facts"
    )
    for fact in ("Time1.07 s", "CPU time50 ms", "Peak memory11 MB", "Workers1 process"):
        assert fact in facts
    assert "Endingexit 0" in facts
    assert (
        "Python 3.12.1 (CPython, with the GIL), Linux x86_64, 8 cores, start method fork."
        " Run on 22 November 2026, 20:20 UTC."
    ) in facts


def test_invalid_date_is_shown_as_it_is() -> None:
    run = build_run()
    run = replace(run, provenance=replace(run.provenance, date="yesterday"))
    assert "Run on yesterday UTC" not in render_panel(build_snippet(), run)
    assert "Run on yesterday." in render_panel(build_snippet(), run)


def test_run_without_a_trace_has_a_panel_without_a_timeline() -> None:
    run = build_run(Line(0.5, "stdout", "out", "gone"), workers=(), spans=())
    page = Page(render_panel(build_snippet(), run))
    assert not page.find_all("svg")
    assert page.find_all("li", "line")[0][1] == "0.50 s out"
    assert "Workers" not in page.find_all("footer")[0][1]


def test_ids_are_unique_across_the_panels_of_a_page() -> None:
    html = render_panel(build_snippet(), build_run()) + render_panel(
        build_snippet(name="threads/ten.more"), build_run()
    )
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 4


def render_hostile_panel() -> str:
    """Return a panel whose text contains HTML and Markdown."""
    workers = (Worker("w0", "process", HOSTILE, None, 0.0, 1.0, 1, function=HOSTILE),)
    lines = [
        HOSTILE,
        "",
        "    indented",
        "\ttab",
        "# h",
        "```",
        "~~~ x",
        "--8<-- 'y'",
        "- a",
        "1. b",
    ]
    return render_panel(
        build_snippet(
            f'"""\n```python\n\n# h\n\n    {HOSTILE}\n--8<-- "x"\n~~~\n"""\n',
            title=f"Title {HOSTILE}",
            setup=f"x = 1\n\n\n# {HOSTILE}",
        ),
        build_run(
            *(Line(n / 100, "stdout", line, "w0") for n, line in enumerate(lines)),
            workers=workers,
            spans=(Span("w0", "waiting", 0, 1, HOSTILE),),
        ),
    )


def test_markdown_in_text_is_shown_as_it_is() -> None:
    html = render_hostile_panel()
    assert "<script" not in html
    page = Page(html)
    texts = [text for _, text in page.find_all("samp")]
    assert texts[:4] == [HOSTILE, "", "    indented", "\ttab"]
    assert page.find_all("h3")[0][1] == f"Title {HOSTILE}#"
    assert HOSTILE in page.find_all("code")[1][1]


@pytest.mark.parametrize("text", ["panel", "hostile", "failure"])
def test_markdown_leaves_a_panel_unchanged(text: str) -> None:
    html = {
        "panel": render_panel(build_snippet(source=5), build_run(Line(0.5, "stdout", "out", "w0"))),
        "hostile": render_hostile_panel(),
        "failure": render_failure("threads/nine", f"line\n\n    {HOSTILE}\n```\n"),
    }[text]
    converted = Markdown(extensions=EXTENSIONS).convert(f"*Before*\n\n{html}\n*After*\n")
    middle = converted.removeprefix("<p><em>Before</em></p>").removesuffix("<p><em>After</em></p>")
    assert middle.strip() == html.strip()


def test_every_line_of_a_panel_begins_with_a_tag() -> None:
    """So no Markdown rule on the start of a line applies."""
    for line in render_hostile_panel().splitlines():
        assert line.startswith("<")


def test_failure_names_the_snippet_and_the_reason() -> None:
    html = render_failure("threads/nine", "snippets/threads/nine.py:3: unknown key <b>")
    page = Page(html)
    assert page.find_all("section")[0][0]["data-snippet"] == "threads/nine"
    assert "threads/nine could not be shown." in unescape(html)
    assert page.find_all("pre")[0][1] == "snippets/threads/nine.py:3: unknown key <b>"


def test_program_for_another_python_is_shown_without_output() -> None:
    snippet = build_snippet(requires_python=">=3.13", lines="any-order")
    page = Page(render_panel(snippet, None))
    [(section, _)] = page.find_all("section")
    assert "data-seconds" not in section
    assert "data-ending" not in section
    [(_, notices)] = page.find_all("div", "snippet-notes")
    assert "Needs Python >=3.13, which this site was not built with" in notices
    assert page.find_all("code")
    assert not page.find_all("svg")
    assert not page.find_all("footer")


def test_exception_that_is_a_declared_outcome_is_intended() -> None:
    outcome = Outcome("two loops", "surprising", "Both began.", raises="RuntimeError")
    run = build_run(Line(0.1, "stderr", "RuntimeError: loop"), ending="exit 1")
    assert "not intended" not in read_notices(build_snippet(outcomes=(outcome,)), run)
    assert "not intended" in read_notices(
        build_snippet(outcomes=(outcome,)), replace(run, ending="exit 2")
    )


def test_hang_that_is_a_declared_outcome_is_intended() -> None:
    hang = Outcome("deadlock", "surprising", "Each waits for the other.", hangs=1.0)
    snippet = build_snippet(outcomes=(hang,))
    assert read_notices(snippet, build_run(ending="stopped")) == "It hung: stopped after 1 s."
    assert "was not intended" in read_notices(snippet, build_run(ending="exit 1"))
