"""What is known of snippets that are not run for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.handmade import a_run, main
from helpers.programs import text_of

from snippet_engine.execution.interpreter import query_interpreter
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import memory_of
from snippet_engine.project.status import Remembered
from snippet_engine.run import Line, Run
from snippet_engine.snippet.model import Snippet


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A project of one snippet, `a/x`, that should print x."""
    monkeypatch.delenv("SNIPPETS_MEMORY", raising=False)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# A\n")
    (tmp_path / "snippets/a").mkdir(parents=True)
    library = Library(tmp_path)
    write(library, "print('x')\n", "#: output\n#> x\n")
    return library


def write(library: Library, code: str, recording: str, head: str = "", name: str = "x") -> Snippet:
    """Write a snippet, and read it."""
    text = text_of(code, recording=recording, head=head)
    (library.root / f"snippets/a/{name}.py").write_text(text)
    return library.read(f"a/{name}")


def printed(text: str, second: int = 0, seconds: float = 1.0) -> Run:
    """A run on this Python that printed `text`, in that second of a day."""
    run = a_run([main()], lines=[Line(0.1, "stdout", text, "w0")], seconds=seconds)
    date = f"2026-01-02T03:04:{second:02}+00:00"
    python = query_interpreter(Library(Path()).python)["python"]
    return replace(run, provenance=replace(run.provenance, python=python, date=date))


def test_a_snippet_is_stale_until_a_run_of_it_is_remembered(library: Library) -> None:
    """Then it agrees, until its program changes; a new recording is compared with that run."""
    remembered = Remembered(library, memory_of(library.root))
    snippet = library.read("a/x")
    assert remembered.known(snippet).state == "stale"
    remembered.keep(snippet, printed("x"))
    assert remembered.known(snippet).state == "agrees"
    recorded = write(library, "print('x')\n", "#: output\n#> y\n")
    known = remembered.known(recorded)
    assert known.state == "differs"
    assert "make record NAME=a/x" in known.why
    changed = write(library, "print( 'x')\n", "#: output\n#> x\n")
    assert remembered.known(changed).state == "stale"


def test_the_last_run_counts_whether_it_agreed_or_not(library: Library) -> None:
    """A build finds the one that agreed, and never the other."""
    remembered = Remembered(library, memory_of(library.root))
    snippet = library.read("a/x")
    remembered.keep(snippet, printed("y", 1))
    assert remembered.known(snippet).state == "differs"
    remembered.keep(snippet, printed("x", 2))
    assert remembered.known(snippet).state == "agrees"
    remembered.keep(snippet, printed("z", 3))
    assert remembered.known(snippet).state == "differs"

    def execute(snippet: Snippet) -> Run:
        raise AssertionError("it was run, and a run is remembered")

    built = Library(library.root, execute=execute, memory=remembered.memory)
    assert built.run("a/x")[1] == printed("x", 2)


def test_what_has_no_recording_and_what_needs_another_python_is_told(library: Library) -> None:
    """Neither is stale."""
    remembered = Remembered(library, memory_of(library.root))
    known = remembered.known(write(library, "print('x')\n", ""))
    assert known.state == "never-recorded"
    assert "make record NAME=a/x" in known.why
    text = text_of("print('x')\n").replace("script\n", 'script\n# requires-python = ">=3.99"\n', 1)
    (library.root / "snippets/a/x.py").write_text(text)
    assert remembered.known(library.read("a/x")).state == "other-python"


def test_a_claim_beside_another_is_held_where_that_ones_run_is_known(library: Library) -> None:
    """Where it is not, the claim is left out."""
    remembered = Remembered(library, memory_of(library.root))
    other = write(library, "print('o')\n", "#: output\n#> o\n", name="other")
    head = 'claims = { "speedup over a/other" = { min = 2 } }'
    snippet = write(library, "print('x')\n", "#: output\n#> x\n", head)
    remembered.keep(snippet, printed("x"))
    assert remembered.known(snippet).state == "agrees"
    remembered.keep(other, printed("o", seconds=1.5))
    assert remembered.known(snippet).state == "differs"
    remembered.keep(other, printed("o", seconds=3.0))
    assert remembered.known(snippet).state == "agrees"


def test_the_environment_may_name_the_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same that the build of the site uses."""
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "elsewhere"))
    Remembered(library, memory_of(library.root)).keep(library.read("a/x"), printed("x"))
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1
    assert not (tmp_path / ".cache").exists()
