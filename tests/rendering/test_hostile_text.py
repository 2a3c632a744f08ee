"""Text from a snippet or a run never becomes markup, in whatever field it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from helpers.handmade import Page

from snippet_engine.checking.check import Mismatch
from snippet_engine.rendering.comparison import render_comparison
from snippet_engine.rendering.gallery import render_gallery
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.rendering.panel import render_failure, render_panel
from snippet_engine.run import Line, Link, Provenance, Run, Span, Worker
from snippet_engine.snippet.model import Guarantee, Outcome, Recording, Sample, Snippet
from snippet_engine.snippet.stdlib_usage import StdlibUsage

HARMLESS = "harmless"
HOSTILE = [
    "</script><script>alert()</script>",
    "</title></desc></svg><b>",
    "</pre></code></section>",
    '" onload="alert()" x="',
    "' onload='alert()' x='",
    "&lt;b&gt; &quot; &amp; & &#60;",
    "--> ]]> <!-- <![CDATA[ <?x",
    "{{ panel }} {% raw %} {# x",
    "a\n\n    b\r\tc",
    "\x00\x01\x1b[31m\x7f\u2028\ufffe",
]


def build_hostile_snippet(text: str) -> Snippet:
    """Return a snippet with `text` in each field that holds text."""
    return Snippet(
        name=f"threads/{text}",
        path=Path(f"snippets/threads/{text}.py"),
        head=text,
        code=f"# {text}\n",
        language="python",
        title=text,
        source=1,
        setup=text,
        raises=text,
        mask=((r"mask\w+", text),),
        start_method="fork",
        dependencies=(text, text),
        guarantees=(Guarantee(text, "never", (text,)), Guarantee(text, "any-order", (text,))),
        outcomes=(Outcome(text, "expected", text, hangs=1.0),),
        recordings=(
            Recording((("stdout", text), ("stderr", text))),
            Recording((("stdout", f"{text} masked"),), "3.13"),
        ),
        samples=(Sample(100, text, 2, ((text, 50),)),),
        requires_python=text,
    )


def build_hostile_run(text: str, ending: str = "") -> Run:
    """Return a run with `text` in each field that holds text."""
    return Run(
        1.0,
        0.5,
        1_000_000,
        ending or text,
        Provenance("3.11.2", text, text, 2, text, text, text),
        lines=tuple(
            Line(number / 50, stream, f"{text} masked", worker)
            for number, (stream, worker) in enumerate([("stdout", text), ("stderr", "w0")] * 15)
        ),
        workers=(
            Worker("w0", "process", text, None, 0.0, None, 1, text, 1),
            Worker(text, "thread", f"{text} 2", "w0", 0.0, 1.0, 1, text, 2, ((0.0, 0.5),)),
            *(Worker(f"{text}{n}", "task", f"{text} {n}", "w0", 0.0, 1.0, 1) for n in range(30)),
        ),
        spans=(Span("w0", "waiting", 0.0, None, text), Span(f"{text}1", "waiting", 0.0, 1.0, text)),
        links=(Link(text, "w0", 0.5, text),),
    )


def build_hostile_card(text: str, *, has_run: bool) -> GalleryCard:
    """Return a gallery card with `text` in each field, after a trip through the cache."""
    run = build_hostile_run(text) if has_run else None
    uses = StdlibUsage(("threading",), (text,), (text,))
    card = build_card(f"threads/{text}", build_hostile_snippet(text), run, text, uses)
    return GalleryCard.from_json(card.to_json())


def render_hostile_panel(text: str, mismatch: Mismatch | None = None, ending: str = "") -> str:
    snippet = build_hostile_snippet(text)
    notes = {"#": text}
    return render_panel(snippet, build_hostile_run(text, ending), notes=notes, mismatch=mismatch)


RENDERERS: dict[str, Callable[[str], str]] = {
    "panel": render_hostile_panel,
    "panel of a failed program": lambda text: render_hostile_panel(text, ending="exit 1"),
    "panel of a program that was not run": lambda text: render_panel(
        build_hostile_snippet(text), None, missing=text
    ),
    "mismatch with outputs": lambda text: render_hostile_panel(
        text, Mismatch(text, text, text, (("stdout", (text, text), (text, "new", text)),))
    ),
    "mismatch with a diff": lambda text: render_hostile_panel(text, Mismatch(text, text, text)),
    "failure": lambda text: render_failure(text, text),
    "comparison": lambda text: render_comparison(
        [(build_hostile_snippet(text), build_hostile_run(text), text)]
    ),
    "gallery": lambda text: render_gallery(
        [build_hostile_card(text, has_run=True), build_hostile_card(text, has_run=False)],
        {"threads": text},
    ),
}


def outline(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return each element's name and attributes, except those of highlighted code."""
    return [
        (tag, tuple(attributes))
        for tag, attributes, _ in Page(html).elements
        if not (tag == "span" and attributes.keys() <= {"class", "data-linenos"})
    ]


@cache
def outline_harmless(renderer: str) -> list[tuple[str, tuple[str, ...]]]:
    return outline(RENDERERS[renderer](HARMLESS))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("renderer", RENDERERS)
def test_hostile_text_adds_no_element_and_no_attribute(renderer: str, text: str) -> None:
    html = RENDERERS[renderer](text)
    assert outline(html) == outline_harmless(renderer)
    assert all(line.startswith("<") for line in html.split("\n") if line)


@pytest.mark.parametrize("text", HOSTILE[:-2])  # a parser changes control characters
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    page = Page(render_hostile_panel(text))
    assert page.find_all("h3")[0][1] == f"{text}#"
    assert page.find_all("samp")[0][1] == f"{text} masked"
    assert f"# {text}\n" in [code for _, code in page.find_all("code")]
    [svg] = [attributes for attributes, _ in page.find_all("svg") if "role" in attributes]
    assert text in (page.find_all("desc")[0][1])
    assert svg["aria-label"]
