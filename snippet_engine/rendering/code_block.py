"""A program as a code block in Material's style, with notes on its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown import Markdown
from markupsafe import Markup
from pymdownx.highlight import Highlight  # type: ignore[import-untyped] # it has no types

from snippet_engine.errors import SnippetError
from snippet_engine.rendering.html import element, escape_line_breaks, escape_text
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import make_identifier

# A line number, which only the style sheet displays, so it is not copied with the code.
_LINE_NUMBER = re.compile(r'<span( class="linenos" data-linenos="[ \d]+")></span>')


def render_code_block(snippet: Snippet, notes: Mapping[str, str]) -> Markup:
    """Return the numbered program as HTML, followed by its notes in order of line.

    Each note belongs to the first line that contains its key; the line number links to it.
    Material's own annotations are not used because they need a script.
    Raise SnippetError if no line contains a key.
    """
    notes_by_line = sorted((_find_line(part, snippet), note) for part, note in notes.items())
    name = make_identifier(snippet.name)
    block = _add_copy_button(_highlight(snippet), f"#{name} .highlight code")
    if not notes:
        return escape_line_breaks(block)
    block_lines = block.split("\n")  # one for each line of the program
    items = []
    for number, (line, note) in enumerate(notes_by_line, 1):
        note_id = f"{name}-note-{number}"
        link = rf'<a\1 href="#{note_id}" aria-label="Note on line {line + 1}"></a>'
        block_lines[line] = Markup(_LINE_NUMBER.sub(link, str(block_lines[line])))  # noqa: S704
        items.append(element("li", _render_note(note), id=note_id, value=line + 1))
    return escape_line_breaks(Markup("\n").join(block_lines) + element("ol", *items))


def _highlight(snippet: Snippet) -> Markup:
    highlighter = Highlight(
        None,
        linenums=True,
        linenums_style="pymdownx-inline",
        pygments_lang_class=True,
        stripnl=False,
    )
    title = escape_text(snippet.path.name)
    html = highlighter.highlight(snippet.code, snippet.language, linestart=1, title=title)
    return Markup(html)  # noqa: S704 # Pygments escapes the code


def _add_copy_button(block: Markup, selector: str) -> Markup:
    """Return the code block with a copy button, so that Material's script adds none.

    To add its button, Material measures each `pre > code`, which makes the browser lay out
    off-screen blocks: a dozen of them cost 0.1 s on a phone. `selector` is the CSS selector
    of the code.
    """
    button = element(
        "div",
        element(
            "button",
            "",
            class_="md-code__button",
            type="button",
            title="Copy to clipboard",
            data_clipboard_target=selector,
            data_md_type="copy",
        ),
        class_="md-code__nav",
    )
    start, end = Markup("<pre><span></span><code>"), Markup("</code></pre>")
    return block.replace(start, Markup("<pre><span><code>")).replace(
        end, Markup("</code></span></pre>") + button
    )


def _find_line(part: str, snippet: Snippet) -> int:
    """Return the index of the first line of the program that contains `part`."""
    for index, line in enumerate(snippet.code.split("\n")):
        if part in line:
            return index
    raise SnippetError(snippet.path, 1, f"no line of the program has {part!r} in it")


# Without HTML in its text, which could close the elements around a note.
_markdown = Markdown()
_markdown.preprocessors.deregister("html_block")
_markdown.inlinePatterns.deregister("html")


def _render_note(note: str) -> Markup:
    """Return one paragraph of Markdown as HTML, without its `<p>` element."""
    paragraph = " ".join(note.split())
    html = re.sub(r"^<p>|</p>$", "", _markdown.reset().convert(paragraph))
    return Markup(html)  # noqa: S704 # this Markdown escapes HTML
