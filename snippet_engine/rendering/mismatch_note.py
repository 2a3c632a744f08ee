"""The note in a panel on how a run differs from its recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from markupsafe import Markup

from snippet_engine.checking.check import Mismatch, is_newer_than_supported
from snippet_engine.rendering.html import render_inline_code
from snippet_engine.run import Run
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS, get_feature_version

CONTEXT_LINES = 2  # equal lines shown around those that differ


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A recorded line and the printed one in its place; None if there is none."""

    recorded: str | None
    printed: str | None
    differs: bool


@dataclass(frozen=True, slots=True)
class MismatchView:
    """The content of the note.

    `outputs` maps a stream to its compared lines; None represents lines that are left out.
    `is_newer` is True if Python is newer than all supported versions.
    """

    title: str
    reason: Markup
    outputs: Mapping[str, tuple[ComparedLine | None, ...]]
    diff: str
    hint: Markup
    is_newer: bool


def view_mismatch(mismatch: Mismatch, run: Run) -> MismatchView:
    """Return the note's title, reason, both outputs side by side, and hint.

    On a Python that is newer than all supported versions a difference is no error; the title
    then names the supported versions.
    """
    python = get_feature_version(run.provenance.python)
    newer = is_newer_than_supported(python)
    title = (
        f"Python {python} is newer than the versions this program is recorded on"
        f" ({SUPPORTED_VERSIONS[0]} to {SUPPORTED_VERSIONS[-1]})."
        if newer
        else "This run differs from what the file says."
    )
    return MismatchView(
        title=title,
        reason=render_inline_code(_capitalise(mismatch.reason)),
        outputs={
            stream: tuple(_compare(recorded, printed))
            for stream, recorded, printed in mismatch.differences
        },
        diff=mismatch.diff,
        hint=render_inline_code(_capitalise(mismatch.hint)),
        is_newer=newer,
    )


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _compare(recorded: tuple[str, ...], printed: tuple[str, ...]) -> Iterator[ComparedLine | None]:
    """Yield lines that differ, with CONTEXT_LINES equal ones around, and None for a gap."""
    matcher = SequenceMatcher(None, recorded, printed, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT_LINES)):
        if number:
            yield None
        for tag, old, old_end, new, new_end in group:
            for old_line, new_line in zip_longest(recorded[old:old_end], printed[new:new_end]):
                yield ComparedLine(old_line, new_line, differs=tag != "equal")
