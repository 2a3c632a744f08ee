"""The notebook of the talk: up to date, valid, and run in a real kernel."""

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
from helpers.repository import PROJECT, ROOT, MakeOnce
from helpers.torn_lines import mend_lines

from snippet_engine.checking.masks import apply_masks
from snippet_engine.checking.output_diff import diff_outputs
from snippet_engine.rendering.notebook import PREPARE, REMARKS, render_notebook
from snippet_engine.run import Line, Provenance, Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.versions import get_feature_version

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SNIPPETS = [PROJECT.read(name) for name in PROJECT.names()]
BLOCKS = sorted((s for s in SNIPPETS if s.source), key=lambda s: s.source)
FILE = Path(ROOT, "docs", "session.ipynb")
TOKEN = "NOTEBOOK_OF_THIS_TEST"  # in the environment of all that a kernel starts


def test_notebook_file_is_up_to_date() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text == render_notebook(SNIPPETS), "run `snippets notebook`"


def test_notebook_is_valid_by_its_schema() -> None:
    import nbformat

    nbformat.validate(json.loads(FILE.read_text(encoding="utf-8")), version=4, version_minor=5)


def build_cells() -> dict[str, dict[str, Any]]:
    """Return the cells of the notebook built from the snippets, by id."""
    return {cell["id"]: cell for cell in json.loads(render_notebook(SNIPPETS))["cells"]}


def find_magic(snippet: Snippet) -> str:
    """Return the first line of a block's cell if it runs the rest, else ""."""
    if snippet.stop_after:
        return f"%%stop_after {snippet.stop_after:g}\n"
    return "" if snippet.language == "python" else "%%script zsh\n"


def test_blocks_and_remarks_are_in_the_order_of_the_talk() -> None:
    cells = build_cells()
    order = [name for name in cells if name.startswith(("block-", "remark-"))]
    expected = []
    for snippet in BLOCKS:
        expected.append(f"block-{snippet.source}")
        source = "".join(cells[f"block-{snippet.source}"]["source"])
        assert source == find_magic(snippet) + snippet.code.rstrip("\n")
        expected += [f"remark-{snippet.source}"] if snippet.source in REMARKS else []
    assert order == expected


def test_notes_and_tags_mark_blocks_that_fail_or_never_end() -> None:
    cells = build_cells()
    for snippet in BLOCKS:
        tags = cells[f"block-{snippet.source}"]["metadata"].get("tags", [])
        assert ("endless" in tags) == bool(snippet.stop_after)
        assert ("raises-exception" in tags) == bool(snippet.raises)
        note = "".join(cells.get(f"note-{snippet.source}", {"source": ""})["source"])
        assert ("never ends" in note) == bool(snippet.stop_after)
        assert ("fails" in note) == bool(snippet.raises)


def test_opening_lists_the_requirements_of_the_blocks() -> None:
    assert [block.source for block in BLOCKS if block.language == "zsh"] == [2, 8]
    dependencies = {block.source: block.dependencies for block in BLOCKS if block.dependencies}
    assert dependencies == {8: ("pandas",)}
    assert {block.requires_python for block in BLOCKS} == {">=3.11"}
    opening = " ".join("".join(build_cells()["opening"]["source"]).split())
    assert "Python 3.11 or later" in opening
    assert "Blocks 2 and 8 need zsh and a `python` command, and block 8 needs pandas." in opening


def test_system_without_fork_gets_a_message_of_one_line() -> None:
    without_fork = "import multiprocessing\nmultiprocessing.get_all_start_methods = list\n"
    result = subprocess.run(
        [sys.executable, "-c", without_fork + PREPARE], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "This session needs the fork start method. On Windows, run it in WSL."
    ]


def build_run(snippet: Snippet, cell: dict[str, Any]) -> Run:
    """Return the result of a cell in a kernel as a run."""
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


def execute_in_kernel(folder: Path, ids: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Return the cells as a real kernel ran them, by id: all, or only those of `ids`.

    The environment is not activated: the kernel's own folder is not on the path.
    """
    notebook = json.loads(FILE.read_text(encoding="utf-8"))
    # Without the file's outputs, so that none of them is taken for a new one.
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    notebook["cells"] = [cell for cell in notebook["cells"] if not ids or cell["id"] in ids]
    (folder / "empty.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--output=session.ipynb", "empty.ipynb"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=100,
        env={**os.environ, "PATH": os.defpath, TOKEN: str(folder)},
    )
    return read_cells(folder / "session.ipynb")


def read_cells(notebook: Path) -> dict[str, dict[str, Any]]:
    """Return the cells of a notebook file, by id."""
    data = json.loads(notebook.read_text(encoding="utf-8"))
    return {cell["id"]: cell for cell in data["cells"]}


def assert_agrees(snippet: Snippet, cell: dict[str, Any]) -> None:
    """Assert that a cell printed what is recorded, of a traceback its last line."""
    run = build_run(snippet, cell)
    recorded = snippet.find_recording(get_feature_version()).lines
    if snippet.raises:
        [error] = [line.text for line in run.lines if line.stream == "stderr"]
        assert error.partition(" (")[0] in [text.partition(" (")[0] for _, text in recorded]
    else:
        assert run.ending == "exit 0"
        expected = normalise_output(snippet, (text for _, text in recorded))
        assert normalise_output(snippet, (line.text for line in run.lines)) == expected


@pytest.mark.slow
def test_quick_cells_print_their_recordings_in_a_kernel(tmp_path: Path) -> None:
    quick = {f"block-{block.source}": block for block in BLOCKS if block.source in (1, 12, 17)}
    cells = execute_in_kernel(tmp_path, quick)
    for name, snippet in quick.items():
        assert_agrees(snippet, cells[name])


@pytest.fixture(scope="module")
def executed_cells(make_once: MakeOnce) -> dict[str, dict[str, Any]]:
    """The cells of the notebook as a real kernel ran them, by id."""

    def make(target: Path) -> None:
        target.mkdir()
        execute_in_kernel(target)

    return read_cells(make_once("notebook", make) / "session.ipynb")


@pytest.mark.slow
@pytest.mark.parametrize(
    "snippet",
    [block for block in BLOCKS if not block.stop_after],
    ids=lambda block: f"block {block.source}",
)
def test_finite_cell_prints_its_recording_in_a_kernel(
    snippet: Snippet, executed_cells: dict[str, dict[str, Any]]
) -> None:
    assert_agrees(snippet, executed_cells[f"block-{snippet.source}"])


def normalise_output(snippet: Snippet, lines: Iterable[str]) -> list[str] | Counter[str]:
    """Return lines for comparison, without blank ones and masked parts.

    A forked child repeats line ends that its kernel had not sent. If the order of lines is
    left to chance, the result counts characters: a kernel tears the lines of threads.
    """
    texts = [text for line in lines if (text := apply_masks(line, snippet.mask))]
    if snippet.lines == "in-order":
        # The two streams of a shell's cell come as they come.
        return sorted(texts) if snippet.language == "zsh" else texts
    return Counter("".join("".join(texts).split()))


@pytest.mark.slow
@pytest.mark.parametrize(
    "snippet",
    [block for block in BLOCKS if block.stop_after],
    ids=lambda block: f"block {block.source}",
)
def test_endless_cell_is_stopped_and_prints_its_recording(
    snippet: Snippet, executed_cells: dict[str, dict[str, Any]]
) -> None:
    run = build_run(snippet, executed_cells[f"block-{snippet.source}"])
    assert run.ending == "exit 0"
    assert len(run.lines) >= snippet.stop_after  # each prints once a second or more often
    recording = snippet.find_recording(get_feature_version())
    printed = [(line.stream, line.text) for line in mend_lines(snippet, recording, run.lines)]
    assert diff_outputs(snippet, recording.lines, printed) == ""


@needs_proc
@pytest.mark.slow
def test_stopped_cell_leaves_no_process_behind(tmp_path: Path) -> None:
    started = time.monotonic()
    cells = execute_in_kernel(tmp_path, ["prepare", "block-11"])
    assert time.monotonic() - started > 3.5
    assert cells["block-11"]["outputs"]
    assert is_gone(str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_notebook_page_is_accessible_and_fits_the_screen(
    width: int, browser: Browser, site: str
) -> None:
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


def test_notebook_can_be_downloaded_by_its_button(monitored: MonitoredPage, tmp_path: Path) -> None:
    page = monitored.open("session")
    button = page.get_by_role("link", name="Download this notebook")
    colour = button.evaluate("part => getComputedStyle(part).color")
    assert colour != page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_download() as saving:
        button.click()
    assert saving.value.suggested_filename == FILE.name
    saving.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == FILE.read_bytes()


def test_copy_button_copies_exactly_one_cell(monitored: MonitoredPage) -> None:
    page = monitored.open("session")
    order = [name for name, cell in build_cells().items() if cell["cell_type"] == "code"]
    number = order.index("block-5")
    page.get_by_role("button", name="Copy to Clipboard").nth(number).click()
    page.get_by_text("Copied!").nth(number).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == BLOCKS[4].code.strip()


def test_notebook_page_contains_no_styles_of_jupyter(site: str) -> None:
    """They would be four times as large as the page."""
    with urlopen(f"{site}/session/") as answer:
        text = answer.read().decode()
    assert "<style" not in text
    assert "mermaid" not in text
    assert len(gzip.compress(text.encode())) < 30_000
