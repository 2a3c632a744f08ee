"""A Markdown extension for measured values: `{{ threads/thread-pool seconds }}`.

It extends Python-Markdown (https://python-markdown.github.io/extensions/api/), because
fences cannot be used inside a sentence.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from snippet_engine.pages.api import measured
from snippet_engine.project.plain_text import PLACEHOLDER_PATTERN


class Measured(InlineProcessor):
    """The inline processor that replaces a placeholder with its measured value."""

    def handleMatch(  # type: ignore[override] # the base allows for None
        self, match: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """Return a `<span>` with the value, whose title names the snippet.

        The two numbers are the start and the end of the match in the text.
        """
        name, measure = match[1], " ".join(match[2].split())
        element = Element("span", {"class": "measured", "title": f"measured: {measure} of {name}"})
        element.text = measured(name, measure)
        return element, match.start(), match.end()


class Prose(Extension):
    """The extension, listed in `mkdocs.yml` by the name of this module."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the pattern after code spans (priority 190), before emphasis."""
        md.inlinePatterns.register(Measured(PLACEHOLDER_PATTERN, md), "measured", 175)


def makeExtension(**options: Any) -> Prose:
    """Return the extension; Python-Markdown calls this to load the module."""
    return Prose(**options)
