"""What a page says of a run in words: times, counts, and text made harmless."""

from __future__ import annotations

import re
from html import escape

from snippet_engine.run import Worker

_LINE_RULES = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def one_line(html: str) -> str:
    """`html` with its line ends and tabs as character references.

    Markdown looks at lines: at blank ones, indented ones, and ones that begin
    with a fence. In text without line ends it finds none of them.
    """
    return html.translate(_LINE_RULES)


def escaped(text: object) -> str:
    """`text` as it may stand in HTML, in an attribute, and in Markdown."""
    return one_line(escape(str(text)))


def sentence(text: str) -> str:
    """A sentence of a head as HTML; what stands between backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped(text))


def named(worker: Worker) -> str:
    """The symbol and the name of `worker`, in two parts: its number is never cut off."""
    number = re.search(r"[-_ ]?[\d_]+$", worker.name)
    cut = number.start() if number else len(worker.name)
    return (
        '<i class="sym" aria-hidden="true"></i>'
        f"<b><bdi>{escaped(worker.name[:cut])}</bdi>{escaped(worker.name[cut:])}</b>"
    )
