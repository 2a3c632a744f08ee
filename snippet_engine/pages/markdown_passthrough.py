"""HTML that the engine made, handed past Markdown, which would take it apart to look inside.

Fences say `html="on"` for that. This is for those that do not: markdown-exec has what they
print converted. An extension of Python-Markdown
(https://python-markdown.github.io/extensions/api/), without which pages come out the same,
and take half as long again.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

# What the first line of a panel, a comparison, the gallery and the coverage begins with.
BEGINNINGS = (
    '<section class="snippet',
    '<section class="comparison',
    '<article class="gallery',
    '<div class="coverage',
)


class Ready(Preprocessor):
    """Puts such HTML aside: in it no line is blank, and each begins with a tag."""

    def run(self, lines: list[str]) -> list[str]:
        """The lines, with a mark in the place of what was put aside."""
        found: list[str] = []
        others: list[str] = []
        for text, group in groupby(lines, lambda line: bool(line.strip())):
            some = list(group)
            if some[0].startswith(BEGINNINGS) and all(line.startswith("<") for line in some):
                some = [self.md.htmlStash.store("\n".join(some))]
            elif text:
                others += some
            found += some
        # What a fence has printed gets the site's abbreviations appended, as a page does.
        # Where there is no text that they may stand in, taking them in is for nothing.
        if all(line.startswith("*[") for line in others):
            return [line for line in found if line not in others]
        return found


class Extended(Extension):
    """For `markdown_extensions`: `snippet_engine.ready`."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Come after fences are taken out (25), before HTML is taken apart (20)."""
        md.preprocessors.register(Ready(md), "ready", 21)


def makeExtension(**options: Any) -> Extended:
    """What Python-Markdown calls by the name of the module."""
    return Extended(**options)
