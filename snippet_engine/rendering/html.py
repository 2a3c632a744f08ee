"""HTML from templates that escape by default, and elements that escape their content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from snippet_engine.humanize import format_duration, pluralise
from snippet_engine.run import Worker

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"

# Line breaks and tabs too: blank lines, indented lines and fences have a meaning in Markdown,
# in which the HTML is embedded.
_LINE_BREAKS = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
_REFERENCES_OF_LINE_BREAKS = str.maketrans(_LINE_BREAKS)
_REFERENCES = str.maketrans(_LINE_BREAKS | _SPECIAL)
_SPECIAL_CHARACTER = re.compile(f"[{''.join(_LINE_BREAKS | _SPECIAL)}]")


def escape_text(value: object) -> Markup:
    """Return `value` escaped for HTML text and attributes; Markup is returned unchanged."""
    return value if isinstance(value, Markup) else Markup(_escape(value))  # noqa: S704


def _escape(value: object) -> str:
    if isinstance(value, Markup):
        return value
    text = str(value)
    # Most text has none of these, and `translate` is slow.
    return text.translate(_REFERENCES) if _SPECIAL_CHARACTER.search(text) else text


def escape_line_breaks(html: Markup) -> Markup:
    """Return `html` with line breaks and tabs replaced by character references."""
    return Markup(html.translate(_REFERENCES_OF_LINE_BREAKS))  # noqa: S704


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an HTML or SVG element, with attribute values and children escaped.

    In the names of attributes `_` becomes `-`, and one at the end is dropped (`class_`).
    One that is True has no value. Without children the element is self-closing.
    """
    pairs = [
        f" {_attribute_name(keyword)}"
        if value is True
        else f' {_attribute_name(keyword)}="{_escape(value)}"'
        for keyword, value in attributes.items()
    ]
    content = "".join(map(_escape, children))
    start = f"<{name}{''.join(pairs)}"
    html = f"{start}>{content}</{name}>" if children else f"{start}/>"
    return Markup(html)  # noqa: S704 # all of its parts are escaped


@cache
def _attribute_name(keyword: str) -> str:
    return keyword.removesuffix("_").replace("_", "-")


def join_markup(parts: Iterable[Markup]) -> Markup:
    """Return HTML fragments as one."""
    return Markup("".join(parts))  # noqa: S704


def render_inline_code(text: str) -> Markup:
    """Return a sentence as HTML, with text between backticks as `<code>`."""
    html = str(escape_text(text))  # Python 3.11 would escape the parts of Markup again
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", html))  # noqa: S704


def render_worker_name(worker: Worker) -> Markup:
    """Return the symbol and the name of `worker` as HTML.

    The number at the end of the name is a separate part, so that the style sheet can
    shorten the name without it.
    """
    number = re.search(r"[-_ ]?[\d_]+$", worker.name)
    end = number.start() if number else len(worker.name)
    symbol = element("i", "", class_="sym", aria_hidden="true")
    return symbol + element("b", element("bdi", worker.name[:end]), worker.name[end:])


def render_template(file: str, /, **context: object) -> Markup:
    """Return the HTML of the template `file`; expressions in it are escaped.

    In a template a line break between tags and expressions counts for nothing, as its
    indentation does; a blank line is a line break of the HTML.
    """
    return Markup(_environment().get_template(file).render(context))  # noqa: S704


@cache
def _environment() -> Environment:
    """Return the environment of the templates, which is created once per process.

    It loads Jinja, which takes 0.1 s that a program without HTML output should not pay.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        auto_reload=False,
        finalize=escape_text,
        loader=FunctionLoader(_read_template),
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "format_duration": format_duration,
        "pluralise": pluralise,
        "worker_name": render_worker_name,
    }
    return environment


def _read_template(file: str) -> str:
    return _join_lines((_TEMPLATES / file).read_text(encoding="utf-8"))


def _join_lines(source: str) -> str:
    blocks = re.split(r"\n\s*\n\s*", source.strip())
    joined = (re.sub(r"(?<=[>}])\n\s*|\n\s*(?=[<{])", "", block) for block in blocks)
    return "\n".join(re.sub(r"\n\s*", " ", block) for block in joined)
