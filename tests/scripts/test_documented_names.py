"""The list of documented names is made from the pages of the Python documentation."""

from __future__ import annotations

from pathlib import Path

import documented_names


def describe(kind: str, name: str) -> str:
    """Return the description of an object as Sphinx writes it."""
    return (
        f'<dl class="py {kind}">\n<dt class="sig sig-object py" id="{name}"></dt>\n<dd></dd></dl>'
    )


def test_names_are_found_with_their_categories(tmp_path: Path) -> None:
    pages = {
        "asyncio-task": [("class", "asyncio.TaskGroup"), ("method", "asyncio.TaskGroup.cancel")],
        "asyncio-future": [("class", "asyncio.Future"), ("function", "asyncio._enter_task")],
        "asyncio-policy": [("function", "asyncio.get_event_loop_policy")],
        "asyncio-exceptions": [("exception", "asyncio.TimeoutError")],
    }
    (tmp_path / "library").mkdir()
    for page, objects in pages.items():
        text = "".join(describe(kind, name) for kind, name in objects)
        (tmp_path / f"library/{page}.html").write_text(text)
    assert documented_names.find_names(tmp_path, "asyncio") == {
        "Future": "low-level",
        "TaskGroup": "main",
        "TimeoutError": "exception",
        "get_event_loop_policy": "deprecated",
    }


def test_name_of_a_submodule_is_included_if_the_module_has_it(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    objects = ["multiprocessing.pool.Pool", "multiprocessing.managers.SyncManager"]
    text = "".join(describe("class", name) for name in objects)
    (tmp_path / "library/multiprocessing.html").write_text(text)
    assert documented_names.find_names(tmp_path, "multiprocessing") == {"Pool": "main"}


def test_version_is_read_from_the_title(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>3.15.2 Documentation</title>")
    assert documented_names.read_version(tmp_path) == "3.15.2"
