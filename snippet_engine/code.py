"""A program as Material's own code block, with notes tied to its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown import markdown
from pymdownx.highlight import Highlight  # type: ignore[import-untyped] # it has no types

from .snippet import Snippet, SnippetError
from .words import escaped, one_line


def annotated(snippet: Snippet, notes: Mapping[str, str]) -> str:
    """The program, numbered, under its file name; then its notes as a list, in its order.

    Each note is tied to the first line that has its key in it, by a mark that
    Material turns into a button
    (https://squidfunk.github.io/mkdocs-material/reference/code-blocks/#code-annotations).
    Raises SnippetError where no line has it.
    """
    lines = snippet.code.split("\n")
    tied = sorted((_line_with(part, lines, snippet), note) for part, note in notes.items())
    for number, (at, _) in enumerate(tied, 1):
        # With the mark `!` the comment itself is not shown, so one of the program gets none.
        # No space before it: that would be copied with the program.
        lines[at] += f" ({number})" if "#" in lines[at] else f"# ({number})!"
    highlight = Highlight(
        None,
        linenums=True,
        linenums_style="pymdownx-inline",
        pygments_lang_class=True,
        stripnl=False,
    )
    block = highlight.highlight(
        "\n".join(lines), snippet.language, linestart=1, title=escaped(snippet.path.name)
    )
    if not notes:
        return one_line(block)
    said = "".join(f"<li>{_inline(note)}</li>" for _, note in tied)
    block = block.replace(' highlight">', ' annotate highlight">', 1)
    return one_line(f"{block}<ol>{said}</ol>")


def _line_with(part: str, lines: list[str], snippet: Snippet) -> int:
    found = next((number for number, line in enumerate(lines) if part in line), None)
    if found is None:
        raise SnippetError(snippet.path, 1, f"no line of the program has {part!r} in it")
    return found


def _inline(note: str) -> str:
    """A sentence of Markdown without the paragraph around it."""
    return re.sub(r"^<p>|</p>$", "", markdown(note))
