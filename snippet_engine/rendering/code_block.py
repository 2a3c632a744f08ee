"""A program as a code block in Material's style, with notes tied to its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown import Markdown
from pymdownx.highlight import Highlight  # type: ignore[import-untyped] # it has no types

from snippet_engine.errors import SnippetError
from snippet_engine.rendering.html import escaped, one_line
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import identifier

# The number of a line; the style shows it, so it is not copied with the program.
_NUMBER = re.compile(r'<span( class="linenos" data-linenos="[ \d]+")></span>')


def annotated(snippet: Snippet, notes: Mapping[str, str]) -> str:
    """The program, numbered, under its file name; then its notes as a list, in its order.

    Each note is tied to the first line that has its key in it: it has the number of
    that line, which links to it. Material has annotations of its own, but makes a button
    of each when the page is there already; these need no script.
    Raises SnippetError where no line has it.
    """
    lines = snippet.code.split("\n")
    tied = sorted((_line_with(part, lines, snippet), note) for part, note in notes.items())
    highlight = Highlight(
        None,
        linenums=True,
        linenums_style="pymdownx-inline",
        pygments_lang_class=True,
        stripnl=False,
    )
    block = _settled(
        highlight.highlight(
            snippet.code, snippet.language, linestart=1, title=escaped(snippet.path.name)
        ),
        f"#{identifier(snippet.name)} .highlight code",
    )
    if not notes:
        return one_line(block)
    shown = block.split("\n")  # its lines are those of the program
    said = []
    for number, (at, note) in enumerate(tied, 1):
        name = f"{identifier(snippet.name)}-note-{number}"
        link = rf'<a\1 href="#{name}" aria-label="Note on line {at + 1}"></a>'
        shown[at] = _NUMBER.sub(link, shown[at])
        said.append(f'<li id="{name}" value="{at + 1}">{_inline(note)}</li>')
    return one_line("\n".join(shown) + f"<ol>{''.join(said)}</ol>")


def _settled(block: str, target: str) -> str:
    """The block with its copy button, which Material would add to each `pre > code`.

    For that it measures each, far away or not, and has the browser lay out what nobody
    sees yet: with a dozen of them a page comes to rest 0.1 s later on a phone. `target`
    is the selector of the code.
    """
    button = (
        '<div class="md-code__nav"><button class="md-code__button" type="button"'
        f' title="Copy to clipboard" data-clipboard-target="{target}" data-md-type="copy">'
        "</button></div>"
    )
    return block.replace("<pre><span></span><code>", "<pre><span><code>").replace(
        "</code></pre>", f"</code></span></pre>{button}"
    )


def _line_with(part: str, lines: list[str], snippet: Snippet) -> int:
    found = next((number for number, line in enumerate(lines) if part in line), None)
    if found is None:
        raise SnippetError(snippet.path, 1, f"no line of the program has {part!r} in it")
    return found


_markdown = Markdown()


def _inline(note: str) -> str:
    """A sentence of Markdown without the paragraph around it."""
    return re.sub(r"^<p>|</p>$", "", _markdown.reset().convert(note))
