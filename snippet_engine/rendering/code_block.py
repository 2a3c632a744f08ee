"""A program as a code block in Material's style, with notes on its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown import Markdown
from pymdownx.highlight import Highlight  # type: ignore[import-untyped] # it has no types

from snippet_engine.errors import SnippetError
from snippet_engine.rendering.html import escaped, one_line
from snippet_engine.snippet.model import Snippet
from snippet_engine.urls import make_identifier

# A line number, which only the style sheet displays, so it is not copied with the code.
_NUMBER = re.compile(r'<span( class="linenos" data-linenos="[ \d]+")></span>')


def render_code_block(snippet: Snippet, notes: Mapping[str, str]) -> str:
    """Return the numbered program as HTML, followed by its notes in order of line.

    Each note belongs to the first line that contains its key; the line number links to it.
    Material's own annotations are not used because they need a script.
    Raise SnippetError if no line contains a key.
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
        f"#{make_identifier(snippet.name)} .highlight code",
    )
    if not notes:
        return one_line(block)
    shown = block.split("\n")  # one line for each line of the program
    said = []
    for number, (at, note) in enumerate(tied, 1):
        name = f"{make_identifier(snippet.name)}-note-{number}"
        link = rf'<a\1 href="#{name}" aria-label="Note on line {at + 1}"></a>'
        shown[at] = _NUMBER.sub(link, shown[at])
        said.append(f'<li id="{name}" value="{at + 1}">{_inline(note)}</li>')
    return one_line("\n".join(shown) + f"<ol>{''.join(said)}</ol>")


def _settled(block: str, target: str) -> str:
    """Return the code block with a copy button, so that Material's script adds none.

    To add its button, Material measures each `pre > code`, which makes the browser lay out
    off-screen blocks: a dozen of them cost 0.1 s on a phone. `target` is the CSS selector
    of the code.
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
    """Return one paragraph of Markdown as HTML, without its `<p>` element."""
    return re.sub(r"^<p>|</p>$", "", _markdown.reset().convert(note))
