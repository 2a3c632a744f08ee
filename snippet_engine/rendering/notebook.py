"""The blocks of the talk, in order, as a Jupyter notebook.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from snippet_engine.checking.outcomes import parse_traceback_tail
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import REFERENCE_VERSION

Cell = dict[str, Any]

OPENING = """\
# The session as it was shown

The blocks of a talk on concurrency, in its order and with its remarks, and under
each one what it printed when it was recorded on Python {python}.
It runs on Linux and macOS with Python 3.11 or later; on Windows, run it in WSL.
Blocks 2 and 8 need zsh and a `python` command, and block 8 needs pandas.

<a class="md-button" href="session.ipynb" download>Download this notebook</a>
"""
PREPARE_NOTE = "Run this cell first: the blocks below need it."
PREPARE = '''\
import multiprocessing
import os
import signal
import subprocess
import sys
import threading

from IPython.core.magic import register_cell_magic

# The programs were written for the fork start method, which is not the default from
# Python 3.14 on, nor on macOS. With another one a child process does not find the
# functions of a notebook.
if "fork" not in multiprocessing.get_all_start_methods():
    raise SystemExit("This session needs the fork start method. On Windows, run it in WSL.")
multiprocessing.set_start_method("fork", force=True)

# What zsh calls `python` is the Python of this notebook.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])

LIKE_THIS_KERNEL = """
import multiprocessing, sys
multiprocessing.set_start_method("fork")
sys.stdout.reconfigure(line_buffering=True)
"""


@register_cell_magic
def stop_after(seconds, program):
    """Run a cell as a program of its own, and stop it after so many seconds."""
    with subprocess.Popen(
        [sys.executable, "-c", LIKE_THIS_KERNEL + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        stop = threading.Timer(float(seconds), os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        for line in process.stdout:
            print(line, end="")
        stop.cancel()
'''
# Remarks of the talk, by the number of the block they follow.
REMARKS = {
    9: "“Global Interpreter Lock” (“GIL”)",
    10: (
        "Threading\n\n- “preëmptively schedule” & data is shared by default\n\n"
        "Multiprocessing\n\n- “preëmptively schedule” & data is isolated by default"
    ),
}
ENDLESS = (
    "The next program never ends by itself. Here it runs in a process of its own, "
    "and is stopped after {seconds:g} s."
)
RAISES = "The next program fails with `{error}`, as intended."
SETUP = "The next program continues an earlier one, which left this behind:"


def render_notebook(snippets: Iterable[Snippet]) -> str:
    """Return the text of an `.ipynb` file with the blocks of the talk.

    Only snippets with a block number (`source`) are included.
    """
    blocks = sorted(
        (snippet for snippet in snippets if snippet.source),
        key=lambda snippet: snippet.source or 0,
    )
    cells = [
        _markdown_cell("opening", OPENING.format(python=REFERENCE_VERSION)),
        _markdown_cell("note-prepare", PREPARE_NOTE),
        _code_cell("prepare", PREPARE, ["setup"], []),
    ]
    for snippet in blocks:
        cells += _list_cells(snippet)
        if remark := REMARKS.get(snippet.source or 0):
            cells.append(_markdown_cell(f"remark-{snippet.source}", remark))
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


def _list_cells(snippet: Snippet) -> Iterator[Cell]:
    """Yield the cells of a block: its title, notes, setup code and program."""
    number = snippet.source
    yield _markdown_cell(f"title-{number}", f"## {number}. {snippet.title}")
    if snippet.stop_after:
        yield _markdown_cell(f"note-{number}", ENDLESS.format(seconds=snippet.stop_after))
    if snippet.raises:
        yield _markdown_cell(f"note-{number}", RAISES.format(error=snippet.raises))
    if snippet.setup:
        yield _markdown_cell(f"note-{number}", SETUP)
        yield _code_cell(f"setup-{number}", snippet.setup, ["setup"], [])
    magic = f"%%script {snippet.language}\n" if snippet.language != "python" else ""
    tags = ["raises-exception"] if snippet.raises else []
    if snippet.stop_after:
        magic = f"%%stop_after {snippet.stop_after:g}\n"
        tags = ["endless"]
    recording = snippet.find_recording(REFERENCE_VERSION)
    outputs = list(_list_outputs(snippet, recording)) if recording else []
    yield _code_cell(f"block-{number}", magic + snippet.code, tags, outputs)


def _list_outputs(snippet: Snippet, recording: Recording) -> Iterator[Cell]:
    """Yield the recorded output as notebook outputs, an exception as an error."""
    lines = recording.lines
    if snippet.raises:
        lines = tuple(line for line in lines if line[0] == "stdout")
    for stream, printed in groupby(lines, key=lambda line: line[0]):
        text = [f"{line}\n" for _, line in printed]
        yield {"name": stream, "output_type": "stream", "text": text}
    if snippet.raises:
        traceback = [text for stream, text in recording.lines if stream == "stderr"]
        name, value = parse_traceback_tail(traceback)
        yield {"ename": name, "evalue": value, "output_type": "error", "traceback": traceback}


def _markdown_cell(cell_id: str, text: str) -> Cell:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": _split_lines(text)}


def _code_cell(cell_id: str, text: str, tags: list[str], outputs: list[Cell]) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {"tags": tags} if tags else {},
        "outputs": outputs,
        "source": _split_lines(text),
    }


def _split_lines(text: str) -> list[str]:
    """Return the lines as the notebook format has them, each but the last with its break."""
    return text.rstrip("\n").splitlines(keepends=True)
