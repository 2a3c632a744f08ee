"""`snippets check`: the faults of programs and pages, without running programs."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from helpers.programs import build_text
from helpers.projects import copy_project, format_fence
from helpers.repository import ROOT

from snippet_engine.__main__ import main
from snippet_engine.execution import runner
from snippet_engine.project import lint, spelling

PAGE = "docs/threads.md"
WHOLE = "snippets/threads/whole-lines.py"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this project in which running a program fails the test."""

    def fail(*_: object, **__: object) -> None:
        pytest.fail("check must not run a program")

    monkeypatch.setattr(runner, "run_supervised", fail)
    root = copy_project(tmp_path / "project")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "tests").mkdir()
    shutil.copy(ROOT / spelling.WORD_LIST, root / spelling.WORD_LIST)
    return root


def check(root: Path, capsys: pytest.CaptureFixture[str], *names: str) -> list[str]:
    """Run `snippets check --json` and return the faults as lines."""
    status = main(["check", "--json", *names], root)
    faults = json.loads(capsys.readouterr().out)
    assert status == bool(faults)
    return [f"{fault['path']}:{fault['line']}: {fault['message']}" for fault in faults]


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace the first `old`, which must be in the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_correct_project_has_no_faults(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of words of each chapter is printed with its maximum."""
    assert main(["check"], root) == 0
    output = capsys.readouterr()
    *lengths, last = output.out.splitlines()
    assert [line.split()[0] for line in lengths][:3] == ["one-at-a-time", "processes", "threads"]
    assert all(" of at most " in line and line.endswith(" programs") for line in lengths)
    assert last == "No faults found."
    assert output.err == ""
    assert check(root, capsys) == []


def test_all_faults_of_a_program_are_reported(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "snippets/threads/my-idea.py"
    code = "import rich\nimport os\n" + "rich.print('" + "x" * 70 + "')\n"
    path.write_text(build_text(code))
    relative = "snippets/threads/my-idea.py"
    faults = check(root, capsys, "threads/my-idea")
    assert faults == check(root, capsys, str(path)) == check(root, capsys)
    assert faults == [
        f"{relative}:1: it is shown on no page; "
        'put print(show("threads/my-idea")) into a fence of docs/threads.md',
        f"{relative}:1: nothing is recorded for it; run `make record NAME=threads/my-idea`",
        f"{relative}:5: I001: Import block is un-sorted or un-formatted",
        f'{relative}:5: imports rich; write `dependencies = ["rich"]` in the head',
        f"{relative}:6: F401: `os` imported but unused",
        f"{relative}:7: 84 columns, more than 72; break the line",
    ]


def test_each_fault_is_one_line_with_file_and_line_number(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_in(root / WHOLE, "# title", "# titlex")
    assert main(["check", WHOLE], root) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{WHOLE}:6: unknown key 'titlex'; ")


def test_unreadable_metadata_is_reported_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also if the file is misplaced; and a claim of the file is not reported as missing."""
    replace_in(root / WHOLE, "# title", "# titlex")
    (root / "snippets/none").mkdir()
    (root / "snippets/none/x.py").write_text("pass\n")
    (root / "snippets/none/y.py").write_bytes(b"\n\xff")
    faults = check(root, capsys)
    assert [fault.partition("; ")[0] for fault in faults] == [
        "snippets/none/x.py:1: the first line must be '# /// script'",
        "snippets/none/x.py:1: there is no chapter 'none'",
        "snippets/none/y.py:1: there is no chapter 'none'",
        "snippets/none/y.py:2: not UTF-8",
        f"{WHOLE}:6: unknown key 'titlex'",
    ]


def test_prose_faults_have_the_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of pages and of metadata; with a path, only of that file."""
    page = root / PAGE
    line = page.read_text(encoding="utf-8").count("\n") + 1
    with page.open("a", encoding="utf-8") as file:
        file.write("\nIt simply takes 5 ms, {{ locks/torn-lines seconds }}.\n")
        file.write("A colour and a color.\n")
    replace_in(root / WHOLE, "# title = ", '# title = "Whole qwlines"\n# x = ')
    replace_in(root / WHOLE, "\n# x = ", " # ")
    assert check(root, capsys, PAGE) == [
        f"{PAGE}:{line + 1}: 'simply' is no help for a reader; leave it out",
        f"{PAGE}:{line + 1}: a time is typed by hand, '5 ms'; "
        "claim it in a snippet and write {{ chapter/name measure }}",
        f"{PAGE}:{line + 1}: there is no snippet 'locks/torn-lines'; "
        "did you mean 'threads/torn-lines'?",
        f"{PAGE}:{line + 2}: 'color' is American; write 'colour'",
    ]
    assert [fault.partition("; ")[0] for fault in check(root, capsys, WHOLE)] == [
        f"{WHOLE}:6: unknown word 'qwlines'"
    ]


def test_draft_outside_the_project_is_checked(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """But not for a recording or a fence."""
    draft = tmp_path / "draft.py"
    draft.write_text(build_text("import rich\n\nrich.print(list())\n"))
    assert check(root, capsys, str(draft)) == [
        f'{draft}:5: imports rich; write `dependencies = ["rich"]` in the head',
        f"{draft}:7: C408: Unnecessary `list()` call (rewrite as a literal)",
    ]


def test_unknown_name_is_an_error_with_a_suggestion(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "locks/torn-lines"], root) == 2
    assert "did you mean 'threads/torn-lines'?" in capsys.readouterr().err


def test_missing_tools_are_reported(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lint, "is_installed", lambda: False)
    monkeypatch.setattr(spelling, "is_installed", lambda: False)
    assert main(["check"], root) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("snippets: ruff is not installed, so programs are not linted; `make")
    assert second.startswith("snippets: codespell and pyspellchecker are not installed, so")


def test_failure_of_ruff_is_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "pyproject.toml").write_text("[tool.ruff]\nno-such-key = 1\n")
    assert main(["check"], root) == 2
    assert capsys.readouterr().err.startswith("snippets: ruff failed: ")


def test_check_is_fast(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It takes one CPU second; the maximum allows for a loaded machine."""
    began = time.process_time()
    assert check(root, capsys) == []
    assert time.process_time() - began < 5


def test_fence_may_be_added_before_the_program_is_recorded(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "snippets/threads/my-idea.py"
    path.write_text(build_text("print('a')\n"))
    page = root / PAGE
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("## What to", f"{format_fence('threads/my-idea')}\n## What to"))
    [fault] = check(root, capsys)
    assert "nothing is recorded for it" in fault
