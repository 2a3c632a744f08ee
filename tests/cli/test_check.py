"""`snippets check`: all that the tests will refuse, a line each, and nothing is run."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from helpers.programs import text_of
from helpers.projects import copy_project, fence
from helpers.repository import ROOT

from snippet_engine.__main__ import main
from snippet_engine.execution import runner as execution
from snippet_engine.project import lint, spelling

PAGE = "docs/threads.md"
WHOLE = "snippets/threads/whole-lines.py"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project, in which no program can be run."""

    def run(*_: object, **__: object) -> None:
        pytest.fail("a check runs no program")

    monkeypatch.setattr(execution, "supervise", run)
    root = copy_project(tmp_path / "project")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "tests").mkdir()
    shutil.copy(ROOT / spelling.WORDS, root / spelling.WORDS)
    return root


def check(root: Path, capsys: pytest.CaptureFixture[str], *names: str) -> list[str]:
    """The faults; the lengths of chapters are left out, as is the line that there is none."""
    status = main(["check", "--json", *names], root)
    faults = json.loads(capsys.readouterr().out)
    assert status == bool(faults)
    return [f"{one['path']}:{one['line']}: {one['message']}" for one in faults]


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace text that is there in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_project_in_order_has_no_fault(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The words of each chapter are shown with their limit; JSON is an empty list."""
    assert main(["check"], root) == 0
    told = capsys.readouterr()
    *lengths, last = told.out.splitlines()
    assert [line.split()[0] for line in lengths][:3] == ["one-at-a-time", "processes", "threads"]
    assert all(" of at most " in line and line.endswith(" programs") for line in lengths)
    assert last == "No fault was found."
    assert told.err == ""
    assert check(root, capsys) == []


def test_a_new_program_is_told_all_that_is_wrong_with_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nowhere shown, not recorded, too wide, not linted, and its import is undeclared."""
    path = root / "snippets/threads/my-idea.py"
    code = "import rich\nimport os\n" + "rich.print('" + "x" * 70 + "')\n"
    path.write_text(text_of(code))
    shown = "snippets/threads/my-idea.py"
    found = check(root, capsys, "threads/my-idea")
    assert found == check(root, capsys, str(path)) == check(root, capsys)
    assert found == [
        f"{shown}:1: it is shown on no page: "
        'put print(show("threads/my-idea")) into a fence of docs/threads.md',
        f"{shown}:1: nothing is recorded for it; run `make record NAME=threads/my-idea`",
        f"{shown}:5: I001: Import block is un-sorted or un-formatted",
        f'{shown}:5: imports rich; write `dependencies = ["rich"]` in the head',
        f"{shown}:6: F401: `os` imported but unused",
        f"{shown}:7: 84 columns, more than 72; break the line",
    ]


def test_faults_are_printed_a_line_each(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file and the line first."""
    replace_in(root / WHOLE, "# title", "# titlex")
    assert main(["check", WHOLE], root) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{WHOLE}:6: unknown key 'titlex'; ")


def test_a_head_that_cannot_be_read_is_reported_also_where_it_is_misplaced(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them once; a claim of such a file is not said to be missing."""
    replace_in(root / WHOLE, "# title", "# titlex")
    (root / "snippets/none").mkdir()
    (root / "snippets/none/x.py").write_text("pass\n")
    (root / "snippets/none/y.py").write_bytes(b"\n\xff")
    found = check(root, capsys)
    assert [one.partition("; ")[0] for one in found] == [
        "snippets/none/x.py:1: the first line must be '# /// script'",
        *[one for one in found if one.startswith("snippets/none/x.py:1: there is no chapter")],
        *[one for one in found if one.startswith("snippets/none/y.py:1: there is no chapter")],
        "snippets/none/y.py:2: not UTF-8",
        f"{WHOLE}:6: unknown key 'titlex'",
    ]
    assert len(found) == 5


def test_prose_is_checked_with_its_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page, its notes and measures, and the words in a head; only where that is asked for."""
    page = root / PAGE
    line = page.read_text(encoding="utf-8").count("\n") + 1
    with page.open("a", encoding="utf-8") as file:
        file.write("\nIt simply takes 5 ms, {{ locks/torn-lines seconds }}.\n")
        file.write("A colour and a color.\n")
    replace_in(root / WHOLE, "# title = ", '# title = "Whole qwlines"\n# x = ')
    replace_in(root / WHOLE, "\n# x = ", " # ")
    found = check(root, capsys, PAGE)
    assert found == [
        f"{PAGE}:{line + 1}: 'simply' is no help for a reader; leave it out",
        f"{PAGE}:{line + 1}: a time is typed by hand, '5 ms'; "
        "claim it in a snippet and write {{ chapter/name measure }}",
        f"{PAGE}:{line + 1}: there is no snippet 'locks/torn-lines'; "
        "did you mean 'threads/torn-lines'?",
        f"{PAGE}:{line + 2}: 'color' is American; write 'colour'",
    ]
    assert [one.partition("; ")[0] for one in check(root, capsys, WHOLE)] == [
        f"{WHOLE}:6: unknown word 'qwlines'"
    ]


def test_a_draft_elsewhere_is_checked_but_for_its_place(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It cannot be recorded or shown there; its rules are those of the project."""
    draft = tmp_path / "draft.py"
    draft.write_text(text_of("import rich\n\nrich.print(list())\n"))
    assert check(root, capsys, str(draft)) == [
        f'{draft}:5: imports rich; write `dependencies = ["rich"]` in the head',
        f"{draft}:7: C408: Unnecessary `list()` call (rewrite as a literal)",
    ]


def test_a_name_that_is_none_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the name that may be meant: here a snippet of another chapter."""
    assert main(["check", "locks/torn-lines"], root) == 2
    assert "did you mean 'threads/torn-lines'?" in capsys.readouterr().err


def test_without_its_tools_a_check_says_what_it_leaves_out(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line for each on standard error; the rest is checked."""
    monkeypatch.setattr(lint, "is_installed", lambda: False)
    monkeypatch.setattr(spelling, "is_installed", lambda: False)
    assert main(["check"], root) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("snippets: ruff is not installed, so programs are not linted; `make")
    assert second.startswith("snippets: codespell and pyspellchecker are not installed, so")


def test_a_ruff_that_fails_is_reported(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with status 2."""
    (root / "pyproject.toml").write_text("[tool.ruff]\nno-such-key = 1\n")
    assert main(["check"], root) == 2
    assert capsys.readouterr().err.startswith("snippets: ruff failed: ")


def test_a_check_takes_a_moment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second of one core; here many times that, for the machine may be busy."""
    began = time.process_time()
    assert check(root, capsys) == []
    assert time.process_time() - began < 5


def test_a_fence_may_be_added_before_its_program_is_recorded(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then the recording alone is missing."""
    path = root / "snippets/threads/my-idea.py"
    path.write_text(text_of("print('a')\n"))
    page = root / PAGE
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("## What to", f"{fence('threads/my-idea')}\n## What to"))
    [fault] = check(root, capsys)
    assert "nothing is recorded for it" in fault
