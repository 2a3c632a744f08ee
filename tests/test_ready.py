"""What the engine made stands on the page as it was made, and nothing else is passed by."""

from __future__ import annotations

import pytest
from handmade import nine_threads
from markdown import Markdown, markdown
from programs import snippet_of

from snippet_engine.pages.markdown_passthrough import makeExtension
from snippet_engine.rendering.comparison import comparison
from snippet_engine.rendering.gallery import gallery_of
from snippet_engine.rendering.gallery_card import exhibit_of
from snippet_engine.rendering.panel import failure, panel
from snippet_engine.rendering.stdlib_coverage import coverage_of

SNIPPET = snippet_of('print("<b>*a*</b> & `c`")\n\n\n# (1)\n')
MADE = {
    "panel": panel(SNIPPET, nine_threads()),
    "failure": failure("threads/x", "no such\n\n- *snippet*"),
    "comparison": comparison([(SNIPPET, nine_threads(), "#x")]),
    "gallery": gallery_of(
        [exhibit_of("threads/x", SNIPPET, nine_threads())], {"threads": "Threads"}
    ),
    "coverage": coverage_of([]),
}


def converted(text: str, *more: str) -> str:
    """`text` as a page, with the extensions of Markdown that see HTML."""
    return markdown(text, extensions=["md_in_html", "attr_list", "abbr", makeExtension(), *more])


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_it_is_on_the_page_to_the_last_character(made: str) -> None:
    """Between sentences, twice, and with what is appended to each page."""
    page = converted(f"A *word*.\n\n{made}\n\n{made}\nThe *end*.\n\n*[b]: c\n")
    assert page.count(made.strip()) == 2
    assert page.startswith("<p>A <em>word</em>.</p>\n<")
    assert page.endswith(">\n<p>The <em>end</em>.</p>")


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_without_it_the_page_is_the_same(made: str) -> None:
    """It saves time and does nothing else."""
    text = f"# Title\n\n{made}\n\nAfter.\n"
    plain = markdown(text, extensions=["md_in_html", "attr_list", "abbr"])
    assert converted(text) == plain.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "text",
    [
        '<div markdown="1">\n\n*a*\n\n</div>',
        '<section class="other">\n<p>a</p>\n</section>',
        "<https://example.com>\n*a*",
        'A line.\n<section class="snippet">',
        '<section class="snippet">\nA *line*.\n</section>',
        '```html\n    <section class="snippet">\n```',
    ],
)
def test_other_html_is_markdowns(text: str) -> None:
    """What an author writes into a page is treated as ever."""
    assert converted(text) == markdown(text, extensions=["md_in_html", "attr_list", "abbr"])


def test_abbreviations_are_taken_in_where_there_is_text_only() -> None:
    """Each fence has them appended; a hundred panels need not read them a hundred times."""
    made, terms = MADE["failure"], "\n*[GIL]: a lock\n*[b]: c\n"
    alone = Markdown(extensions=["abbr", makeExtension()])
    assert alone.convert(made + terms) == made.strip()
    assert "abbr" not in alone.convert("The GIL.")
    page = Markdown(extensions=["abbr", makeExtension()])
    assert '<abbr title="a lock">GIL</abbr>' in page.convert(f"The GIL.\n\n{made}{terms}")
    assert "abbr" not in Markdown(extensions=["abbr", makeExtension()]).convert(terms)
