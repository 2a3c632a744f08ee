"""The facts of all panels, which a build writes for comparison with another build."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import mkdocs_hooks
import pytest
from changed_panels import Panel, read_panels
from helpers.handmade import make_main_worker, make_nine_threads, make_run, make_worker
from helpers.projects import write_snippet
from helpers.repository import PROJECT
from mkdocs.config import load_config
from mkdocs.structure.files import get_files

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.run import Line, Run
from snippet_engine.snippet.model import Snippet


class HandmadeRuns:
    """One snippet of the project, with the given run or an error to raise."""

    def __init__(self, name: str, run: Run | Exception) -> None:
        self.project = SimpleNamespace(names=lambda: [name])
        self._run = run

    def run(self, name: str) -> tuple[Snippet, Run]:
        if isinstance(self._run, Exception):
            raise self._run
        return PROJECT.read(name), self._run


@pytest.fixture
def write_panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the facts of one panel as a build does, and read them back."""

    def write(name: str, run: Run | Exception) -> Panel:
        monkeypatch.setattr(mkdocs_hooks, "project_runs", lambda: HandmadeRuns(name, run))
        mkdocs_hooks.on_post_build(SimpleNamespace(site_dir=tmp_path))  # type: ignore[arg-type]
        [panel] = read_panels(tmp_path).values()
        return panel

    return write


def test_facts_of_a_run(write_panel) -> None:
    name = "threads/thread-for-each-task"
    run = make_nine_threads()
    panel = write_panel(name, run)
    assert panel.name == name
    assert panel.page == "threads/#threads-thread-for-each-task"
    assert panel.ending == "exit 0"
    assert panel.code == PROJECT.read(name).code.strip()
    assert [tuple(line) for line in panel.lines] == [(line.stream, line.text) for line in run.lines]
    assert panel.lanes == {"process": 1, "thread": 9}
    assert not panel.failed


def test_page_of_a_snippet_on_the_first_page(write_panel) -> None:
    assert write_panel("index/side-by-side", make_nine_threads()).page == "#index-side-by-side"


def test_lines_keep_their_stream(write_panel) -> None:
    lines = [Line(0.1, "stdout", "<b>&amp; 0.1234 s", "w0"), Line(0.2, "stderr", "no", "w0")]
    panel = write_panel("one-at-a-time/take-a-look", make_run([make_main_worker()], lines=lines))
    assert panel.lines == [["stdout", "<b>&amp; 0.1234 s"], ["stderr", "no"]]


def test_workers_without_a_lane_are_counted(write_panel) -> None:
    run = make_run([make_main_worker(), *(make_worker(number) for number in range(1, 41))])
    lanes = write_panel("threads/thread-pool", run).lanes
    assert sum(lanes.values()) == 41
    assert lanes["more"] > 1


def test_program_that_cannot_run_here_has_only_code(write_panel) -> None:
    name = "threads/thread-pool"
    snippet = PROJECT.read(name)
    panel = write_panel(name, UnsupportedPythonError(snippet, "Python 3.11"))
    assert panel == Panel(name, "threads/#threads-thread-pool", snippet.code.strip())


def test_program_that_failed_is_reported_on_its_page(write_panel) -> None:
    panel = write_panel("threads/thread-pool", ExecutionError("no"))
    assert panel == Panel("threads/thread-pool", "threads/", failed=True)


def test_serving_writes_no_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mkdocs_hooks, "_command", "serve")
    mkdocs_hooks.on_post_build(SimpleNamespace(site_dir=tmp_path))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_download_replaces_a_file_of_the_same_path(tmp_path: Path) -> None:
    """For example that of a copy in `docs`, which may be older."""
    name = "downloads/threads/one.py"
    text = write_snippet(tmp_path, "threads/one").read_bytes()
    copy = tmp_path / "docs" / name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"old")
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: Site\nplugins: []\nhooks: ['{mkdocs_hooks.__file__}']\n"
    )
    config = load_config(str(tmp_path / "mkdocs.yml"))
    files = config.plugins.on_files(get_files(config), config=config)
    assert [file.content_bytes for file in files if file.src_uri == name] == [text]
