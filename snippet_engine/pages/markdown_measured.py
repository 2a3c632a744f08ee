"""Numbers in prose: `{{ threads/thread-pool seconds }}` in Markdown, measured at each build.

An extension of Python-Markdown (https://python-markdown.github.io/extensions/api/),
since fences cannot stand inside a sentence.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from snippet_engine.pages.api import measured
from snippet_engine.project.plain_text import PATTERN


class Measured(InlineProcessor):
    """Puts the number in the place of its name."""

    def handleMatch(  # type: ignore[override] # the base allows for None
        self, match: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """A `<span>` with the number, which says where it was measured."""
        name, what = match[1], " ".join(match[2].split())
        element = Element("span", {"class": "measured", "title": f"measured: {what} of {name}"})
        element.text = measured(name, what)
        return element, match.start(), match.end()


class Prose(Extension):
    """For `markdown_extensions`: `snippet_engine.prose`."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Look for numbers after code (190) has been taken out, before emphasis."""
        md.inlinePatterns.register(Measured(PATTERN, md), "measured", 175)


def makeExtension(**options: Any) -> Prose:
    """What Python-Markdown calls by the name of the module."""
    return Prose(**options)
