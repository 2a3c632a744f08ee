"""The note in a panel on how a run differs from its recording."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest

from snippet_engine.checking.check import Mismatch, is_newer
from snippet_engine.rendering.html import escaped, render_inline_code
from snippet_engine.run import Run, Stream
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS, get_feature_version

CONTEXT = 2  # equal lines shown around those that differ


def render_mismatch_note(wrong: Mismatch, run: Run) -> str:
    """Return a box with the reason, both outputs side by side, and a hint.

    On a Python that is newer than all supported versions a difference is no error: the box
    then names the supported versions and gives no hint.
    """
    python = get_feature_version(run.provenance.python)
    newer = is_newer(python)
    title = (
        f"Python {python} is newer than the versions this program is recorded on"
        f" ({SUPPORTED_VERSIONS[0]} to {SUPPORTED_VERSIONS[-1]})."
        if newer
        else "This run differs from what the file says."
    )
    rows = "".join(f"<tbody>{_rows(*side)}</tbody>" for side in wrong.differences)
    parts = [
        f'<div class="snippet-mismatch{" is-newer" if newer else ""}" role="note">',
        f"<p><strong>{title}</strong> {render_inline_code(_capitalised(wrong.reason))}.</p>",
        (
            '<table class="snippet-sides"><thead><tr><th scope="col">Recorded</th>'
            f'<th scope="col">Printed</th></tr></thead>{rows}</table>'
            if rows
            else ""
        ),
        f"<pre>{escaped(wrong.diff)}</pre>" if wrong.diff and not rows else "",
        "" if newer else f"<p>{render_inline_code(_capitalised(wrong.hint))}.</p>",
        "</div>",
    ]
    return "\n".join(filter(None, parts))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rows(stream: Stream, recorded: tuple[str, ...], printed: tuple[str, ...]) -> str:
    """Return table rows for lines that differ, with CONTEXT equal lines around them."""
    groups = SequenceMatcher(None, recorded, printed, autojunk=False).get_grouped_opcodes(CONTEXT)
    rows = [f'<tr><th colspan="2" scope="rowgroup">{stream}</th></tr>']
    for number, group in enumerate(groups):
        if number:
            rows.append('<tr class="is-gap"><td colspan="2">…</td></tr>')
        for tag, old, old_end, new, new_end in group:
            kind = "" if tag == "equal" else ' class="differs"'
            for pair in zip_longest(recorded[old:old_end], printed[new:new_end]):
                cells = ("<td></td>" if text is None else _cell(kind, text) for text in pair)
                rows.append(f"<tr>{''.join(cells)}</tr>")
    return "".join(rows)


def _cell(kind: str, text: str) -> str:
    return f"<td{kind}><samp>{escaped(text)}</samp></td>"
