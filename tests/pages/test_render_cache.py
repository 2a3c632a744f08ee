"""What is made of snippets and runs is made again as soon as one of these changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import run_with
from helpers.programs import text_of

from snippet_engine.pages.render_cache import Rendering
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet

BESIDE = '[tool.snippet.claims]\n"speedup over threads/other" = { min = 0 }'


def write(root: Path, name: str, code: str, head: str = "") -> None:
    """A snippet that prints its name, and is recorded so."""
    path = root / "snippets" / "threads" / f"{name}.py"
    path.write_text(text_of(code, head=head, recording=f"#: output\n#> {name}\n"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of three snippets, of which `one` claims something beside `other`."""
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    write(tmp_path, "one", "pass\n", BESIDE)
    write(tmp_path, "other", "pass\n")
    write(tmp_path, "third", "pass\n")
    return tmp_path


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty one."""
    return Memory(tmp_path / "runs")


def library_of(root: Path, memory: Memory | None, seconds: float = 1.0) -> Library:
    """The library of a build, whose programs print their names and take so many seconds."""

    def execute(snippet: Snippet) -> Run:
        return replace(run_with(snippet.name.partition("/")[2]), seconds=seconds)

    return Library(root, execute=execute, memory=memory)


def panel(library: Library, *given: object) -> Rendering:
    """That of `one`."""
    return Rendering("panel", library, ["threads/one"], list(given))


def kept(root: Path, memory: Memory) -> None:
    """Run all and keep a panel, as a build does."""
    library = library_of(root, memory)
    for name in library.names():
        library.run(name)
    assert panel(library).recalled() is None
    panel(library).keep("<p>made</p>")


def test_it_is_made_once_for_many_builds(root: Path, memory: Memory) -> None:
    """The next build finds it, and runs nothing for it."""
    kept(root, memory)
    library = library_of(root, memory)
    assert panel(library).recalled() == "<p>made</p>"
    assert library._runs == {}


def forget(root: Path, memory: Memory, name: str = "one") -> None:
    """Lose the run of a snippet, and run it again: another time."""
    library = library_of(root, memory, seconds=2.0)
    (memory.folder / f"{library.key(library.read(f'threads/{name}'))}.json").unlink()
    library.run(f"threads/{name}")


@pytest.mark.parametrize(
    "change",
    [
        lambda root, _: write(root, "one", "print()\n", BESIDE),
        lambda root, _: write(root, "one", "pass\n", f"alone = true\n{BESIDE}"),
        lambda root, _: write(root, "other", "print()\n"),
        lambda root, _: (root / "requirements.txt").write_text("rich==14\n"),
        forget,
        lambda root, memory: forget(root, memory, "other"),
    ],
    ids=["program", "head", "program beside", "lock", "run", "run beside"],
)
def test_it_is_made_again_when_what_it_shows_has_changed(
    root: Path, memory: Memory, change: Callable[[Path, Memory], object]
) -> None:
    """Also what it is compared with, by which it may have become wrong."""
    kept(root, memory)
    change(root, memory)
    assert panel(library_of(root, memory)).recalled() is None


def test_a_new_recording_makes_it_again(root: Path, memory: Memory) -> None:
    """It stands in the same panel, though the program need not run again."""
    kept(root, memory)
    path = root / "snippets" / "threads" / "one.py"
    path.write_text(f"{path.read_text()}#: output on Python 3.12\n#> another\n")
    library = library_of(root, memory)
    assert panel(library).recalled() is None
    assert library.run_of("threads/one").seconds == 1.0
    assert all(future.done() for future in library._runs.values())


def test_what_is_given_and_where_links_lead_is_part_of_it(
    root: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is of what kind it is."""
    kept(root, memory)
    library = library_of(root, memory)
    assert panel(library, "a note").recalled() is None
    assert Rendering("other", library, ["threads/one"], []).recalled() is None
    monkeypatch.setenv("SNIPPETS_LINKS", "source")
    assert panel(library).recalled() is None


def test_another_snippet_is_no_part_of_it(root: Path, memory: Memory) -> None:
    """An edit makes one panel again, not all."""
    kept(root, memory)
    write(root, "third", "print()\n")
    assert panel(library_of(root, memory)).recalled() == "<p>made</p>"


def test_nothing_is_kept_of_a_run_that_is_not_remembered(root: Path, memory: Memory) -> None:
    """It differs from its recording, or its file cannot be read; or nothing is remembered."""
    write(root, "other", "pass\n")
    path = root / "snippets" / "threads" / "other.py"
    path.write_text(path.read_text().replace("#> other", "#> something else"))
    library = library_of(root, memory)
    library.run("threads/one")
    library.run("threads/other")
    path.with_name("third.py").write_text("no head\n")
    for names in (["threads/one"], ["threads/other"], ["threads/third"], ["threads/none"]):
        rendering = Rendering("panel", library, names, None)
        rendering.keep("<p>made</p>")
        assert rendering.recalled() is None
    forgetful = panel(library_of(root, None))
    forgetful.keep("<p>made</p>")
    assert forgetful.recalled() is None
    assert [*memory.folder.glob("*.html")] == []
