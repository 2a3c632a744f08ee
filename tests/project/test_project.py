"""All snippets of a project are read, run at once, and remembered."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.handmade import run_with
from helpers.processes import needs_proc
from helpers.programs import text_of

from snippet_engine.errors import SnippetError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project.progress import progress
from snippet_engine.project.project import AT_ONCE, Library
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project with one chapter."""
    (tmp_path / "snippets" / "threads").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "threads.md").touch()
    return tmp_path


def write(root: Path, name: str, code: str = "pass\n", head: str = "") -> Path:
    """A snippet file in the project."""
    path = root / "snippets" / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text_of(code, head=head), encoding="utf-8")
    return path


class Recorder:
    """In place of execution: notes which snippets were running beside each other."""

    def __init__(
        self, during: Callable[[Snippet], object] = lambda snippet: time.sleep(0.05)
    ) -> None:
        self.during = during
        self.running: set[str] = set()
        self.beside: dict[str, set[str]] = {}
        self.ran: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, snippet: Snippet) -> Run:
        with self.lock:
            self.ran.append(snippet.name)
            self.running.add(snippet.name)
            for name in self.running:
                self.beside.setdefault(name, set()).update(self.running - {name})
            self.beside[snippet.name] |= self.running - {snippet.name}
        self.during(snippet)
        with self.lock:
            self.running.remove(snippet.name)
        return run_with(snippet.name)


def test_the_first_run_starts_all_at_once(root: Path) -> None:
    """All snippets meet at a barrier, which they could not if they ran in turn."""
    names = [f"threads/p{n}" for n in range(5)]
    for name in names:
        write(root, name)
    barrier = threading.Barrier(len(names), timeout=10)
    library = Library(root, execute=Recorder(lambda snippet: barrier.wait() and None))
    assert [library.run(name)[1].lines[0].text for name in names] == names


def test_a_library_that_is_not_eager_runs_only_what_is_asked_for(root: Path) -> None:
    """Running one snippet by its name does not run them all."""
    for n in range(3):
        write(root, f"threads/p{n}")
    recorder = Recorder()
    Library(root, execute=recorder, eager=False).run("threads/p1")
    assert recorder.ran == ["threads/p1"]


def test_programs_marked_alone_have_nothing_beside_them(root: Path) -> None:
    """They run one after another when all others have ended."""
    write(root, "threads/a-alone", head="alone = true")
    write(root, "threads/z-alone", head="alone = true")
    for n in range(4):
        write(root, f"threads/p{n}")
    together = threading.Barrier(4)
    recorder = Recorder(lambda snippet: snippet.exclusive or together.wait(10))
    library = Library(root, execute=recorder)
    for name in library.names():
        library.run(name)
    assert recorder.beside["threads/a-alone"] == recorder.beside["threads/z-alone"] == set()
    assert len(recorder.beside["threads/p0"]) == 3


def test_a_program_marked_alone_has_those_beside_it_that_wait_for_long(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before they have run for a while, and those that compute wait for their turn."""
    monkeypatch.setattr(sys.modules[Library.__module__], "SETTLED", 0.5)
    write(root, "threads/alone", head="alone = true")
    write(root, "threads/alone-too", head="alone = true")
    write(root, "threads/long", head="claims.seconds = {min = 3, max = 9}")
    write(root, "threads/short")
    met, ended = threading.Barrier(2), threading.Event()
    began: dict[str, float] = {}

    def during(snippet: Snippet) -> None:
        began[snippet.name] = time.monotonic()
        if not snippet.exclusive:
            met.wait(10)
        if snippet.expected_seconds:
            assert ended.wait(10)
        elif began.keys() >= {"threads/alone", "threads/alone-too"}:
            ended.set()

    recorder = Recorder(during)
    library = Library(root, execute=recorder)
    library.begin()
    assert recorder.beside["threads/alone"] == {"threads/long"}
    assert recorder.beside["threads/alone-too"] == {"threads/long"}
    assert recorder.beside["threads/short"] == {"threads/long"}
    assert began["threads/alone"] - began["threads/long"] > 0.4


def test_what_waits_for_long_may_begin_early(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many only that, and once: when all is asked for, it is not run again."""
    monkeypatch.setattr(sys.modules[Library.__module__], "SETTLED", 0.1)
    monkeypatch.setattr(sys.modules[Library.__module__], "count_cores", lambda: 1)
    lasting = "claims.seconds = {min = 3, max = 9}"
    write(root, "threads/long", head=lasting)
    write(root, "threads/long-alone", head=f"alone = true\n{lasting}")
    write(root, "threads/short")
    runs, ends = threading.Event(), threading.Event()

    def during(snippet: Snippet) -> None:
        if snippet.name == "threads/long":
            runs.set()
            assert ends.wait(10)
        ends.set()

    recorder = Recorder(during)
    library = Library(root, execute=recorder)
    library.begin_early()
    assert runs.wait(10)
    assert recorder.ran == ["threads/long"]
    library.begin()
    assert sorted(recorder.ran) == ["threads/long", "threads/long-alone", "threads/short"]
    assert recorder.beside["threads/long-alone"] == set()
    library.begin_early()
    assert len(recorder.ran) == 3


def test_a_few_programs_begin_early_and_so_once_more_when_one_was_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there are cores: a build after an edit computes while that one runs."""
    monkeypatch.setattr(sys.modules[Library.__module__], "count_cores", lambda: 2)
    write(root, "threads/alone", head="alone = true")
    edited = write(root, "threads/edited")
    write(root, "threads/other")
    ran: queue.Queue[str] = queue.Queue()
    library = Library(root, execute=Recorder(lambda snippet: ran.put(snippet.code)))
    library.begin_early()
    assert [ran.get(timeout=10) for _ in range(2)] == ["pass\n"] * 2
    library.begin()
    assert ran.get(timeout=10) == "pass\n"
    library.begin_early()
    edited.write_text(text_of("'edited'\n"), encoding="utf-8")
    library.begin_early()
    assert ran.get(timeout=10) == "'edited'\n"
    library.begin_early()
    assert library.run("threads/edited")[0].code == "'edited'\n"
    assert ran.empty()


@needs_proc
def test_of_many_programs_those_that_are_short_wait_at_their_first_lines(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all are asked for; what lasts for long goes on."""
    module = sys.modules[Library.__module__]
    monkeypatch.setattr(module, "count_cores", lambda: 1)
    monkeypatch.setattr(module, "LONG", 0.5)
    setup = 'setup = "import time; ready = time.monotonic()"'
    now = "print(ready, time.monotonic())\ntime.sleep(0.5)\n"
    write(root, "threads/long", now, head=f"{setup}\nclaims.seconds = {{min = 0.5, max = 9}}")
    write(root, "threads/short", now, head=setup)
    write(root, "threads/too", now, head=setup)
    library = Library(root)
    library.begin_early()
    time.sleep(1.0)
    asked = time.monotonic()
    library.begin()
    told = {name: library.run_of(name).lines[0].text.split() for name in library.names()}
    assert all(float(ready) < asked for ready, _ in told.values())
    late = {name for name, (_, first) in told.items() if float(first) > asked}
    assert late == {"threads/short", "threads/too"}


def test_nothing_begins_early_where_only_what_is_asked_for_runs(root: Path) -> None:
    """As in the commands of contributors."""
    write(root, "threads/long", head="claims.seconds = {min = 3, max = 9}")
    library = Library(root, execute=Recorder(), eager=False)
    library.begin_early()
    assert library._runs == {}


def test_what_is_asked_for_while_a_program_runs_alone_waits_for_its_end(root: Path) -> None:
    """Also where it was not there when the others were started."""
    write(root, "threads/alone", head="alone = true")
    runs, ends = threading.Event(), threading.Event()

    def during(snippet: Snippet) -> None:
        if snippet.exclusive:
            runs.set()
            assert ends.wait(10)

    recorder = Recorder(during)
    library = Library(root, execute=recorder)
    library.start()
    assert runs.wait(10)
    write(root, "threads/late")
    library.start(["threads/late"])
    time.sleep(0.3)  # were it started now, it would have begun
    assert recorder.ran == ["threads/alone"]
    ends.set()
    library.run("threads/late")
    assert recorder.beside == {"threads/alone": set(), "threads/late": set()}


def test_no_more_than_so_many_run_at_once(root: Path) -> None:
    """A large library does not start everything in one moment."""
    for n in range(AT_ONCE + 10):
        write(root, f"threads/p{n}")
    most = 0
    recorder = Recorder()

    def during(snippet: Snippet) -> None:
        nonlocal most
        most = max(most, len(recorder.running))
        time.sleep(0.05)

    recorder.during = during
    library = Library(root, execute=recorder)
    for name in library.names():
        library.run(name)
    assert 1 < most <= AT_ONCE


def test_a_snippet_is_run_once_for_each_text_of_it(root: Path) -> None:
    """Asked twice it is remembered; edited, it runs again, and it alone."""
    write(root, "threads/a")
    write(root, "threads/b")
    recorder = Recorder()
    library = Library(root, execute=recorder)
    library.run("threads/a")
    library.run("threads/a")
    library.run("threads/b")
    assert sorted(recorder.ran) == ["threads/a", "threads/b"]
    write(root, "threads/a", "print()\n")
    assert library.run("threads/a")[0].code == "print()\n"
    assert sorted(recorder.ran) == ["threads/a", "threads/a", "threads/b"]


def test_named_snippets_start_alone(root: Path) -> None:
    """Recording one snippet does not run the others."""
    write(root, "threads/a")
    write(root, "threads/b")
    recorder = Recorder()
    library = Library(root, execute=recorder)
    library.start(["threads/a"])
    library.run("threads/a")
    assert recorder.ran == ["threads/a"]


def test_what_goes_wrong_reaches_only_who_asked(root: Path) -> None:
    """A broken file and a failed execution do not keep others from running."""
    write(root, "threads/good")
    write(root, "threads/broken").write_text("no head\n")
    write(root, "threads/fails")

    def execute(snippet: Snippet) -> Run:
        if snippet.name == "threads/fails":
            raise RuntimeError("no luck")
        return run_with("fine")

    library = Library(root, execute=execute)
    assert library.run("threads/good")[1].lines[0].text == "fine"
    with pytest.raises(RuntimeError, match="no luck"):
        library.run("threads/fails")
    with pytest.raises(SnippetError, match=r"snippets/threads/broken\.py:1: the first line"):
        library.run("threads/broken")


def test_a_name_without_a_file_is_told(root: Path) -> None:
    """A fence that names no snippet gets one line that says so."""
    with pytest.raises(SnippetError, match="threads/none:1: there is no such snippet"):
        Library(root).run("threads/none")


def test_a_chapter_without_a_page_is_told(root: Path) -> None:
    """A file in a folder with no page of that name is refused, with the known ones."""
    write(root, "threads/a")
    write(root, "treads/a")
    with pytest.raises(SnippetError) as caught:
        Library(root).read("treads/a")
    assert str(caught.value) == (
        "snippets/treads/a.py:1: unknown chapter 'treads': "
        "there is no docs/treads.md (known: threads)"
    )


def test_a_file_that_is_not_utf8_is_told(root: Path) -> None:
    """Bytes that are no text are an error with file and line."""
    write(root, "threads/a").write_bytes(b"# /// script\n# \xff\n# ///\n")
    with pytest.raises(SnippetError, match=r"snippets/threads/a\.py:2: not UTF-8"):
        Library(root).read("threads/a")


def test_progress_is_reported_to_the_end(root: Path) -> None:
    """Each run that ends is counted, up to all of them."""
    for n in range(3):
        write(root, f"threads/p{n}")
    told: list[tuple[int, int]] = []
    library = Library(root, execute=Recorder(), report=lambda *numbers: told.append(numbers))
    for name in library.names():
        library.run(name)
    deadline = time.monotonic() + 5
    while len(told) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)  # the last is told just after its run is handed over
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_progress_is_one_line_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal sees one line kept up to date, a log a line now and then."""
    progress(1, 12)
    progress(10, 12)
    progress(12, 12)
    log = capsys.readouterr().err
    assert log == "snippets: 10 of 12 have run\nsnippets: 12 of 12 have run\n"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress(1, 2)
    progress(2, 2)
    assert capsys.readouterr().err == "\rsnippets: 1 of 2 have run\rsnippets: 2 of 2 have run\n"


def test_a_recording_that_is_edited_runs_nothing_again(root: Path) -> None:
    """What a run depends on is its program and head, not what was recorded."""
    path = write(root, "threads/a")
    recorder = Recorder()
    library = Library(root, execute=recorder)
    library.run("threads/a")
    path.write_text(path.read_text() + "#: output\n#> a\n")
    assert library.run("threads/a")[0].recordings
    assert recorder.ran == ["threads/a"]


def test_a_new_lock_file_runs_all_again(root: Path) -> None:
    """Another version of a package may make another run."""
    write(root, "threads/a")
    recorder = Recorder()
    library = Library(root, execute=recorder)
    library.run("threads/a")
    (root / "requirements.txt").write_text("pandas==3.1\n")
    library.run("threads/a")
    assert recorder.ran == ["threads/a", "threads/a"]


def test_a_program_for_another_python_is_not_run(root: Path) -> None:
    """The error says what it needs and what this is; the others run."""
    path = write(root, "threads/a")
    path.write_text(path.read_text().replace("# [tool", '# requires-python = ">=4"\n# [tool', 1))
    write(root, "threads/b", "print('b')\n")
    library = Library(root)
    with pytest.raises(
        UnsupportedPythonError, match=r"threads/a\.py: needs Python >=4; this is 3\."
    ):
        library.run("threads/a")
    assert library.run_of("threads/b").lines[0].text == "b"
