"""Runs are remembered from one build to the next, and never wrongly."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pytest
from helpers.handmade import nine_threads, run_with
from helpers.programs import text_of

from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import ABANDONED, Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty memory whose folder is not there yet."""
    return Memory(tmp_path / "deep" / "runs")


def files(memory: Memory) -> list[str]:
    """What stands in its folder."""
    return sorted(os.listdir(memory.folder))


def test_what_was_kept_is_given_back(memory: Memory) -> None:
    """To the last span, under its key alone."""
    assert memory.get("a") is None
    memory.put("a", nine_threads())
    assert memory.get("a") == nine_threads()
    assert memory.get("b") is None
    assert files(memory) == ["a.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("1.07", "1.08", 1),
        lambda text: "{}",
        lambda text: "0" * 64 + text[64:],
    ],
    ids=["emptied", "cut short", "altered", "foreign", "another digest"],
)
def test_a_spoilt_file_is_not_remembered(memory: Memory, spoil: object) -> None:
    """It is a miss, and the next run takes its place."""
    memory.put("a", nine_threads())
    path = memory.folder / "a.json"
    path.write_text(spoil(path.read_text()))  # type: ignore[operator]
    assert memory.get("a") is None
    memory.put("a", nine_threads())
    assert memory.get("a") == nine_threads()


def test_a_file_of_another_key_is_foreign(memory: Memory) -> None:
    """A renamed or copied file is no run of that key."""
    memory.put("a", nine_threads())
    (memory.folder / "a.json").rename(memory.folder / "b.json")
    assert memory.get("b") is None


def test_bytes_that_are_no_text_are_a_miss(memory: Memory) -> None:
    """As is a folder in the place of a file."""
    memory.folder.mkdir(parents=True)
    (memory.folder / "a.json").write_bytes(b"\xff\xfe\x00")
    (memory.folder / "b.json").mkdir()
    assert memory.get("a") is None
    assert memory.get("b") is None


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """The build goes on and remembers nothing."""
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "runs")
    memory.put("a", nine_threads())
    memory.prune()
    assert memory.get("a") is None


def test_the_least_used_are_forgotten_first(memory: Memory) -> None:
    """Down to its bound; a run that was asked for counts as used."""
    for n, key in enumerate("abcd"):
        memory.put(key, nine_threads())
        os.utime(memory.folder / f"{key}.json", (n, n))
    memory.get("a")
    memory.most_bytes = 2 * (memory.folder / "a.json").stat().st_size
    memory.prune()
    assert files(memory) == ["a.json", "d.json"]


def test_what_a_crashed_build_left_is_cleared_away(memory: Memory) -> None:
    """But not what another build is writing now."""
    memory.put("a", nine_threads())
    for name, age in ((".old", ABANDONED + 60), (".new", 0)):
        path = memory.folder / name
        path.touch()
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
    memory.prune()
    assert files(memory) == [".new", "a.json"]


def test_many_writers_leave_one_whole_file(memory: Memory) -> None:
    """Each reader finds a whole run while others write."""
    memory.put("a", nine_threads())
    found: list[Run | None] = []

    def work() -> None:
        for _ in range(50):
            memory.put("a", nine_threads())
            found.append(memory.get("a"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [nine_threads()] * 200
    assert files(memory) == ["a.json"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two snippets, of which one differs from its recording."""
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    for name in ("right", "wrong"):
        text = text_of(f"print('{name}')\n", recording="#: output\n#> right\n")
        (tmp_path / "snippets" / "threads" / f"{name}.py").write_text(text)
    return tmp_path


def test_the_next_build_runs_only_what_is_not_remembered(root: Path, memory: Memory) -> None:
    """What differed from its recording runs again: it may have been chance."""
    ran: list[str] = []

    def execute(snippet: Snippet) -> Run:
        ran.append(snippet.name)
        return run_with(snippet.name.partition("/")[2])

    for expected in ([(1, 2), (2, 2)], [(1, 1)]):
        told: Queue[tuple[int, int]] = Queue()
        library = Library(
            root,
            execute=execute,
            memory=memory,
            report=lambda *numbers, told=told: told.put(numbers),
        )
        for name in library.names():
            assert library.run_of(name).lines[0].text == name.partition("/")[2]
        assert [told.get(timeout=10) for _ in expected] == expected
    assert sorted(ran) == ["threads/right", "threads/wrong", "threads/wrong"]


def test_a_text_that_is_no_run_is_not_remembered(memory: Memory) -> None:
    """Though it is whole, and has its digest."""
    for text in ("{}", "[]", "no JSON"):
        memory.keep("a.json", text)
        assert memory.text("a.json") == text
        assert memory.get("a") is None


def test_a_stamp_tells_runs_apart(memory: Memory) -> None:
    """There is none where there is no run."""
    assert memory.stamp("a") is None
    memory.put("a", nine_threads())
    first = memory.stamp("a")
    memory.put("a", replace(nine_threads(), seconds=2.0))
    assert None not in (first, memory.stamp("a"))
    assert memory.stamp("a") != first
    (memory.folder / "a.json").write_bytes(b"\xff" * 80)
    assert memory.stamp("a") is None
