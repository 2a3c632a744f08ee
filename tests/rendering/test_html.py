"""Elements that escape their content, and templates."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers.handmade import make_worker
from markupsafe import Markup

from snippet_engine.rendering import html
from snippet_engine.rendering.html import (
    element,
    escape_text,
    render_inline_code,
    render_worker_name,
)


def test_escaped_text_has_no_line_breaks_and_markup_is_unchanged() -> None:
    assert escape_text("<a>&\"'\n\r\t") == "&lt;a&gt;&amp;&quot;&#x27;&#10;&#13;&#9;"
    assert escape_text(Markup("<a>\n")) == "<a>\n"


def test_element_escapes_attributes_and_children_but_not_elements() -> None:
    inner = element("b", "<x>")
    outer = element("p", inner, 1, class_='"', data_id="a&b", hidden=True)
    expected = '<p class="&quot;" data-id="a&amp;b" hidden><b>&lt;x&gt;</b>1</p>'
    assert outer == expected
    assert element("rect", x=1) == '<rect x="1"/>'


def test_text_between_backticks_is_code() -> None:
    assert render_inline_code("`a<b` & c") == "<code>a&lt;b</code> &amp; c"


@pytest.mark.parametrize(
    ("name", "bold"),
    [("pool-1_12", "<bdi>pool</bdi>-1_12"), ("main", "<bdi>main</bdi>"), ("7", "<bdi></bdi>7")],
)
def test_number_of_a_worker_is_a_separate_part_of_its_name(name: str, bold: str) -> None:
    assert f"<b>{bold}</b>" in render_worker_name(make_worker(1, name=name))


def test_only_blank_lines_of_a_template_are_line_breaks_of_the_html() -> None:
    source = '<p id="a"\n   class="b">\n  {{ x }}\n  <i>some\n  words</i>\n</p>\n\n<br>\n'
    joined = '<p id="a" class="b">{{ x }}<i>some words</i></p>\n<br>'
    assert html._join_lines(source) == joined


def test_jinja_is_loaded_only_for_a_template() -> None:
    modules = "panel, gallery, comparison, timeline_text, terminal, notebook"
    code = f"import sys; from snippet_engine.rendering import {modules}"
    code += "; assert 'jinja2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
