"""Escaping and small elements of HTML that is embedded in Markdown."""

from __future__ import annotations

import re
from html import escape

from snippet_engine.run import Worker

_LINE_RULES = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def one_line(html: str) -> str:
    """Return `html` with line breaks and tabs replaced by character references.

    Blank lines, indented lines and fences have a meaning in Markdown; text without line
    breaks contains none of them.
    """
    return html.translate(_LINE_RULES)


def escaped(text: object) -> str:
    """Return `text` escaped for HTML text and attributes, on one line for Markdown."""
    return one_line(escape(str(text)))


def render_inline_code(text: str) -> str:
    """Return a sentence as HTML, with text between backticks as `<code>`."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped(text))


def render_worker_name(worker: Worker) -> str:
    """Return the symbol and the name of `worker` as HTML.

    The number at the end of the name is a separate part, so that the style sheet can
    shorten the name without it.
    """
    number = re.search(r"[-_ ]?[\d_]+$", worker.name)
    cut = number.start() if number else len(worker.name)
    return (
        '<i class="sym" aria-hidden="true"></i>'
        f"<b><bdi>{escaped(worker.name[:cut])}</bdi>{escaped(worker.name[cut:])}</b>"
    )
