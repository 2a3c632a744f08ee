"""The session as a notebook: in step with the snippets, valid, and true in a real kernel."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from helpers.browser import MonitoredPage, find_violations_in_both_schemes, monitor
from helpers.processes import is_gone, needs_proc
from helpers.repository import LIBRARY, ROOT, MakeOnce
from helpers.torn_lines import mend

from snippet_engine.checking.masks import apply_masks
from snippet_engine.checking.output_diff import diff_outputs
from snippet_engine.rendering.notebook import PREPARE, REMARKS, render_notebook
from snippet_engine.run import Line, Provenance, Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.versions import get_feature_version

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SNIPPETS = [LIBRARY.read(name) for name in LIBRARY.names()]
BLOCKS = sorted((one for one in SNIPPETS if one.source), key=lambda one: one.source)
FILE = Path(ROOT, "docs", "session.ipynb")
TOKEN = "NOTEBOOK_OF_THIS_TEST"  # in the environment of all that a kernel starts


def test_the_notebook_is_in_step_with_the_snippets() -> None:
    """The file is what the snippets make of it now."""
    text = FILE.read_text(encoding="utf-8")
    assert text == render_notebook(SNIPPETS), "run `snippets notebook`"


def test_the_notebook_is_valid() -> None:
    """By the schema of its format, without a warning."""
    import nbformat

    nbformat.validate(json.loads(FILE.read_text(encoding="utf-8")), version=4, version_minor=5)


def cells() -> dict[str, dict[str, Any]]:
    """The cells of the notebook, as the snippets make it, by their id."""
    return {cell["id"]: cell for cell in json.loads(render_notebook(SNIPPETS))["cells"]}


def magic_of(snippet: Snippet) -> str:
    """Return the first line of a block's cell, where the kernel does not run it itself."""
    if snippet.stop_after:
        return f"%%stop_after {snippet.stop_after:g}\n"
    return "" if snippet.language == "python" else "%%script zsh\n"


def test_the_blocks_are_in_their_order_with_the_remarks_between() -> None:
    """Each program is there to the letter."""
    found = cells()
    order = [name for name in found if name.startswith(("block-", "remark-"))]
    expected = []
    for snippet in BLOCKS:
        expected.append(f"block-{snippet.source}")
        source = "".join(found[f"block-{snippet.source}"]["source"])
        assert source == magic_of(snippet) + snippet.code.rstrip("\n")
        expected += [f"remark-{snippet.source}"] if snippet.source in REMARKS else []
    assert order == expected


def test_notes_say_which_blocks_fail_or_never_end() -> None:
    """The tags of their cells agree."""
    found = cells()
    for snippet in BLOCKS:
        tags = found[f"block-{snippet.source}"]["metadata"].get("tags", [])
        assert ("endless" in tags) == bool(snippet.stop_after)
        assert ("raises-exception" in tags) == bool(snippet.raises)
        note = "".join(found.get(f"note-{snippet.source}", {"source": ""})["source"])
        assert ("never ends" in note) == bool(snippet.stop_after)
        assert ("fails" in note) == bool(snippet.raises)


def test_the_opening_says_what_the_blocks_need() -> None:
    """zsh and packages, which no cell fetches."""
    assert [one.source for one in BLOCKS if one.language == "zsh"] == [2, 8]
    assert {one.source: one.dependencies for one in BLOCKS if one.dependencies} == {8: ("pandas",)}
    assert {one.requires_python for one in BLOCKS} == {">=3.11"}
    said = " ".join("".join(cells()["opening"]["source"]).split())
    assert "Python 3.11 or later" in said
    assert "Blocks 2 and 8 need zsh and a `python` command, and block 8 needs pandas." in said


def test_a_system_without_fork_gets_a_message() -> None:
    """Windows has none. It is one line, without a traceback."""
    without_fork = "import multiprocessing\nmultiprocessing.get_all_start_methods = list\n"
    result = subprocess.run(
        [sys.executable, "-c", without_fork + PREPARE], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "This session needs the fork start method. On Windows, run it in WSL."
    ]


def ran(snippet: Snippet, cell: dict[str, Any]) -> Run:
    """What a kernel made of a cell, as a run."""
    lines = [
        Line(0.0, output["name"], text)
        for output in cell["outputs"]
        if output["output_type"] == "stream"
        for text in "".join(output["text"]).splitlines()
    ]
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    lines += [Line(0.0, "stderr", f"{error['ename']}: {error['evalue']}") for error in errors]
    made = Provenance(sys.version.split()[0], "", "", 1, "", "")
    return Run(0.0, 0.0, 0, "exit 1" if errors else "exit 0", made, tuple(lines))


def execute_in_a_kernel(folder: Path, ids: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Return the notebook's cells as a real kernel ran them: all, or those of these ids alone.

    The environment is not activated: the kernel's own folder is not on the path.
    """
    whole = json.loads(FILE.read_text(encoding="utf-8"))
    # Without the file's outputs, so that none of them is taken for a new one.
    for cell in whole["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    whole["cells"] = [cell for cell in whole["cells"] if not ids or cell["id"] in ids]
    (folder / "empty.ipynb").write_text(json.dumps(whole), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--output=session.ipynb", "empty.ipynb"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=100,
        env={**os.environ, "PATH": os.defpath, TOKEN: str(folder)},
    )
    return cells_of(folder / "session.ipynb")


def cells_of(notebook: Path) -> dict[str, dict[str, Any]]:
    """Its cells by their id."""
    data = json.loads(notebook.read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in data["cells"]}


def agrees(snippet: Snippet, cell: dict[str, Any]) -> None:
    """What a cell printed is what is recorded; of a traceback, its last line is."""
    run = ran(snippet, cell)
    recorded = snippet.find_recording(get_feature_version()).lines
    if snippet.raises:
        [error] = [line.text for line in run.lines if line.stream == "stderr"]
        assert error.partition(" (")[0] in [text.partition(" (")[0] for _, text in recorded]
    else:
        assert run.ending == "exit 0"
        was = gist(snippet, (text for _, text in recorded))
        assert gist(snippet, (line.text for line in run.lines)) == was


@pytest.mark.slow
def test_cells_that_take_no_time_agree_with_their_recordings_in_a_kernel(tmp_path: Path) -> None:
    """The first one prints, and two fail in ways of their own."""
    quick = {f"block-{one.source}": one for one in BLOCKS if one.source in (1, 12, 17)}
    cells = execute_in_a_kernel(tmp_path, quick)
    for name, snippet in quick.items():
        agrees(snippet, cells[name])


@pytest.fixture(scope="module")
def executed(make_once: MakeOnce) -> dict[str, dict[str, Any]]:
    """All of the notebook's cells, as a real kernel ran them."""

    def make(target: Path) -> None:
        target.mkdir()
        execute_in_a_kernel(target)

    return cells_of(make_once("notebook", make) / "session.ipynb")


@pytest.mark.slow
@pytest.mark.parametrize(
    "snippet", [one for one in BLOCKS if not one.stop_after], ids=lambda one: f"block {one.source}"
)
def test_a_finite_cell_agrees_with_its_recording_in_a_kernel(
    snippet: Snippet, executed: dict[str, dict[str, Any]]
) -> None:
    """Each of them, where all are run in their order."""
    agrees(snippet, executed[f"block-{snippet.source}"])


def gist(snippet: Snippet, lines: Iterable[str]) -> list[str] | Counter[str]:
    """The lines without blank ones: a forked child repeats line ends that its kernel had not sent.

    Where the order is left to chance, the characters: a kernel tears the lines of threads.
    """
    told = [text for line in lines if (text := apply_masks(line, snippet.mask))]
    if snippet.lines == "in-order":
        # The two streams of a shell's cell come as they come.
        return sorted(told) if snippet.language == "zsh" else told
    return Counter("".join("".join(told).split()))


@pytest.mark.slow
@pytest.mark.parametrize(
    "snippet", [one for one in BLOCKS if one.stop_after], ids=lambda one: f"block {one.source}"
)
def test_an_endless_cell_is_stopped_and_agrees_with_its_recording(
    snippet: Snippet, executed: dict[str, dict[str, Any]]
) -> None:
    """It runs in a process of its own, which prints nothing into later cells."""
    run = ran(snippet, executed[f"block-{snippet.source}"])
    assert run.ending == "exit 0"
    assert len(run.lines) >= snippet.stop_after  # each prints once a second or more often
    recording = snippet.find_recording(get_feature_version())
    printed = [(line.stream, line.text) for line in mend(snippet, recording, run.lines)]
    assert diff_outputs(snippet, recording.lines, printed) == ""


@needs_proc
@pytest.mark.slow
def test_no_process_is_left_behind(tmp_path: Path) -> None:
    """A producer and a consumer are stopped with the program that started them."""
    started = time.monotonic()
    cells = execute_in_a_kernel(tmp_path, ["prepare", "block-11"])
    assert time.monotonic() - started > 3.5
    assert cells["block-11"]["outputs"]
    assert is_gone(str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_the_notebook_is_a_page_for_everyone(width: int, browser: Browser, site: str) -> None:
    """All blocks are on it, axe-core finds nothing wrong, and no other host is asked."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    with monitor(context.new_page(), site) as monitored:
        page = monitored.open("session")
        programs = [
            text.strip() for text in page.locator(".jp-CodeCell .highlight pre").all_inner_texts()
        ]
        for snippet in BLOCKS:
            assert any(text.endswith(snippet.code.strip()) for text in programs), snippet.name
        parts = page.locator("article, .jp-CodeCell .highlight, .jp-OutputArea-output")
        assert parts.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
        assert find_violations_in_both_schemes(page) == {"light": [], "dark": []}
    context.close()


def test_the_notebook_can_be_downloaded(monitored: MonitoredPage, tmp_path: Path) -> None:
    """By a button that a reader sees, as the file itself."""
    page = monitored.open("session")
    button = page.get_by_role("link", name="Download this notebook")
    colour = button.evaluate("part => getComputedStyle(part).color")
    assert colour != page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_download() as saving:
        button.click()
    assert saving.value.suggested_filename == FILE.name
    saving.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == FILE.read_bytes()


def test_a_cell_is_copied_by_its_button(monitored: MonitoredPage) -> None:
    """And nothing but the cell."""
    page = monitored.open("session")
    order = [name for name, cell in cells().items() if cell["cell_type"] == "code"]
    number = order.index("block-5")
    page.get_by_role("button", name="Copy to Clipboard").nth(number).click()
    page.get_by_text("Copied!").nth(number).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == BLOCKS[4].code.strip()


def test_the_page_has_none_of_jupyters_styles(site: str) -> None:
    """They alone would be four times what the page is."""
    with urlopen(f"{site}/session/") as answer:
        text = answer.read().decode()
    assert "<style" not in text
    assert "mermaid" not in text
    assert len(gzip.compress(text.encode())) < 30_000
