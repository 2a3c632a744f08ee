"""The talk's session, its blocks in order, as a Jupyter notebook. Pure functions.

The format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from .outcomes import last_error
from .snippet import REFERENCE, Recording, Snippet

Cell = dict[str, Any]

OPENING = """\
# The session as it was shown

The blocks of a talk on concurrency, in its order and with its remarks, and under
each one what it printed when it was recorded on Python {python}.
It runs on Linux and macOS with Python 3.11 or later. Blocks 2 and 8 need zsh, and
block 8 needs pandas.

<a class="md-button" href="session.ipynb" download>Download this notebook</a>
"""
# The remarks of the talk: after which block, and what is said there.
REMARKS = {
    9: "“Global Interpreter Lock” (“GIL”)",
    10: (
        "Threading\n\n- “preëmptively schedule” & data is shared by default\n\n"
        "Multiprocessing\n\n- “preëmptively schedule” & data is isolated by default"
    ),
}
ENDLESS = (
    "The next program never ends by itself. Below it is what it printed in {seconds:g} s. "
    "*Run All* leaves it out; if you run it, interrupt the kernel to stop it."
)
RAISES = "The next program fails with `{error}`, as intended."
SETUP = "The next program continues an earlier one, which left this behind:"
FORK = """\
The next programs start processes, and were written for the *fork* start method. From
Python 3.14 on it is not the default, nor is it on macOS, so it is chosen here. With
another one a child cannot find the functions of a notebook. Windows has no fork.
"""
CHOOSE_FORK = 'import multiprocessing\n\nmultiprocessing.set_start_method("fork", force=True)'
# nbclient, and with it `jupyter execute`, leaves out cells with this tag.
SKIP = "skip-execution"


def notebook(snippets: Iterable[Snippet]) -> str:
    """The notebook of the blocks among `snippets`, as the text of an `.ipynb` file."""
    blocks = sorted((one for one in snippets if one.source), key=lambda one: one.source or 0)
    cells = [_said("opening", OPENING.format(python=REFERENCE))]
    forking = next((one.source for one in blocks if one.start_method == "fork"), None)
    for snippet in blocks:
        if snippet.source == forking:
            cells.append(_said("note-fork", FORK))
            cells.append(_code("choose-fork", CHOOSE_FORK, ["setup"], []))
        cells += _cells(snippet)
        if remark := REMARKS.get(snippet.source or 0):
            cells.append(_said(f"remark-{snippet.source}", remark))
    data = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python", "file_extension": ".py"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _cells(snippet: Snippet) -> Iterator[Cell]:
    """A block, under its title and what must be known of it."""
    number = snippet.source
    yield _said(f"title-{number}", f"## {number}. {snippet.title}")
    if snippet.stops:
        yield _said(f"note-{number}", ENDLESS.format(seconds=snippet.stops))
    if snippet.raises:
        yield _said(f"note-{number}", RAISES.format(error=snippet.raises))
    if snippet.setup:
        yield _said(f"note-{number}", SETUP)
        yield _code(f"setup-{number}", snippet.setup, ["setup"], [])
    shell = "" if snippet.language == "python" else f"%%script {snippet.language}\n"
    tags = ["endless", SKIP] if snippet.stops else ["raises-exception"] if snippet.raises else []
    recording = snippet.recording(REFERENCE)
    outputs = list(_outputs(snippet, recording)) if recording else []
    yield _code(f"block-{number}", shell + snippet.code, tags, outputs)


def _outputs(snippet: Snippet, recording: Recording) -> Iterator[Cell]:
    """What was recorded, as a kernel would have shown it."""
    lines = recording.lines
    if snippet.raises:
        lines = tuple(line for line in lines if line[0] == "stdout")
    for stream, printed in groupby(lines, key=lambda line: line[0]):
        text = [f"{line}\n" for _, line in printed]
        yield {"name": stream, "output_type": "stream", "text": text}
    if snippet.raises:
        traceback = [text for stream, text in recording.lines if stream == "stderr"]
        name, value = last_error(traceback)
        yield {"ename": name, "evalue": value, "output_type": "error", "traceback": traceback}


def _said(name: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code(name: str, text: str, tags: list[str], outputs: list[Cell]) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": tags} if tags else {},
        "outputs": outputs,
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)
