"""A program as Material's own code block, with notes tied to its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown import markdown
from pymdownx.highlight import Highlight  # type: ignore[import-untyped] # it has no types

from .links import identifier
from .snippet import Snippet, SnippetError
from .words import escaped, one_line

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
    block = highlight.highlight(
        snippet.code, snippet.language, linestart=1, title=escaped(snippet.path.name)
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


def _line_with(part: str, lines: list[str], snippet: Snippet) -> int:
    found = next((number for number, line in enumerate(lines) if part in line), None)
    if found is None:
        raise SnippetError(snippet.path, 1, f"no line of the program has {part!r} in it")
    return found


def _inline(note: str) -> str:
    """A sentence of Markdown without the paragraph around it."""
    return re.sub(r"^<p>|</p>$", "", markdown(note))
