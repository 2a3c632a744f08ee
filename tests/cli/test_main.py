"""The command line program, called as from a shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from helpers.processes import find_processes, is_gone, needs_proc
from helpers.programs import build_text
from helpers.projects import make_small_project
from helpers.repository import ROOT

from snippet_engine.__main__ import main
from snippet_engine.cli import COMMANDS
from snippet_engine.run import Run

COMMAND = [sys.executable, "-m", "snippet_engine"]


@pytest.fixture(autouse=True)
def use_own_run_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNIPPETS_MEMORY", str(tmp_path / "runs"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small copy of this project."""
    return make_small_project(tmp_path / "project", ["one-at-a-time/take-a-look"])


def test_run_prints_title_timeline_output_and_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.py"
    path.write_text(build_text("print('a')\n", recording="#: output\n#> a\n"))
    assert main(["run", str(path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "A program"
    assert any(row.endswith(" main   a") for row in rows)
    assert any("█ running" in row or "# running" in row for row in rows)
    assert "exit 0" in rows[-2]
    assert rows[-1] == "The run agrees with its recording."


def test_run_prints_the_whole_run_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "one-at-a-time/take-a-look", "--json"]) == 0
    out = capsys.readouterr().out
    assert Run.from_json(out).lines[0].text == "Let's take a look!"
    assert json.loads(out)["ending"] == "exit 0"


def test_run_accepts_the_path_of_a_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    """And its name with a suffix."""
    path = os.path.relpath(Path(ROOT, "snippets/one-at-a-time/take-a-look.py"))
    for name in (path, "one-at-a-time/take-a-look.py"):
        assert main(["run", name]) == 0
        assert "Let's take a look!" in capsys.readouterr().out


def test_run_that_differs_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.py"
    path.write_text(build_text("print('a')\n", recording="#: output\n#> b\n"))
    assert main(["run", str(path)]) == 1
    assert "differs from its recording" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "threads/thread-pol"], "did you mean 'threads/thread-pool'?"),
        (["run", "no/such/file.py"], "there is no snippet"),
        (["run", "threads/thread-pool", "--python", "no-python"], "not a Python interpreter"),
        (["sample", "threads/none"], "there is no snippet"),
        (["sample", "threads/thread-pool"], "no outcomes declared"),
        (["list", "none"], "no snippets in 'none'"),
        (["list", "--python", "no-python"], "not a Python interpreter"),
    ],
)
def test_errors_exit_with_2_and_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("command", [None, *(module.__name__ for module in COMMANDS)])
def test_help_has_examples(command: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """`snippets --help` explains exit statuses and completion instead."""
    words = [command.rpartition(".")[2]] if command else []
    with pytest.raises(SystemExit) as exit:
        main([*words, "--help"])
    assert exit.value.code == 0
    help = capsys.readouterr().out
    expected = ["examples:", f"snippets {words[0]}", "--json"] if words else ["exit status", "Tab"]
    assert all(part in help for part in expected)


@pytest.mark.parametrize("options", [["--json"], pytest.param([], marks=pytest.mark.slow)])
def test_broken_pipe_exits_without_traceback(options: list[str], tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(build_text("for n in range(700): print('x' * 100)\n"))
    with subprocess.Popen(
        [*COMMAND, "run", str(path), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


@needs_proc
def test_ctrl_c_stops_a_run_without_traceback_or_orphan(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(build_text("import time\nwhile True: time.sleep(1)\n", head="stops = 25"))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [*COMMAND, "run", str(path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    ) as process:
        deadline = time.monotonic() + 60
        while not find_processes(f"TMPDIR={tmp_path}/snippet-") and time.monotonic() < deadline:
            time.sleep(0.05)  # until the program has started
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (130, b"", b"")
    assert is_gone(str(tmp_path))


def test_characters_outside_the_encoding_are_escaped(tmp_path: Path) -> None:
    """And the timeline is drawn in ASCII."""
    path = tmp_path / "x.py"
    path.write_text(build_text("print('\\u2600')\n", recording="#: output\n#> \u2600\n"))
    result = subprocess.run(
        [*COMMAND, "run", str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert rb"\u2600" in result.stdout
    assert b"# running" in result.stdout


def test_sample_writes_counts_but_no_undeclared_outcome(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = '[[outcomes]]\nname = "one"\ngrade = "expected"\nsays = "It is so."\npattern = "1"'
    path = root / "snippets/threads/race.py"
    path.parent.mkdir()
    head = outcomes.replace("[[outcomes]]", "[[tool.snippet.outcomes]]")
    path.write_text(build_text("print(1)\n", head=head))
    assert main(["sample", str(path), "--runs", "2", "--json"], root) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["name"], data["runs"], data["counts"]) == ("threads/race", 2, {"one": 2})
    assert "#= 2 one" in path.read_text()
    assert main(["sample", "threads/race", "--runs", "2", "--json"], root) == 0
    assert json.loads(capsys.readouterr().out)["written"]  # as many runs replace the old ones
    path.write_text(build_text("print(2)\n", head=head))
    before = path.read_text()
    assert main(["sample", "threads/race", "--runs", "1"], root) == 1
    assert "no declared outcome" in capsys.readouterr().err
    assert path.read_text() == before


def test_notebook_reports_whether_the_file_changed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for changed in (True, False):
        assert main(["notebook", "--json"], root) == 0
        assert json.loads(capsys.readouterr().out) == {
            "path": "docs/session.ipynb",
            "changed": changed,
        }


def test_sample_and_notebook_print_text_without_json(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "snippets/threads/race.py"
    path.parent.mkdir()
    outcome = '[[tool.snippet.outcomes]]\nname = "one"\ngrade = "expected"\nsays = "It is so."\n'
    path.write_text(build_text("print(1)\n", head=outcome + 'pattern = "1"'))
    assert main(["sample", "threads/race", "--runs", "2"], root) == 0
    assert "#= 2 one" in capsys.readouterr().out
    before = path.read_text()
    assert main(["sample", "threads/race", "--runs", "1"], root) == 0
    assert "counts of 2 runs not replaced by counts of 1; use --force" in capsys.readouterr().err
    assert path.read_text() == before
    assert main(["sample", "threads/race", "--runs", "1", "--force"], root) == 0
    assert "#: outcomes of 1 runs" in path.read_text()
    assert main(["notebook"], root) == 0
    assert main(["notebook"], root) == 0
    lines = capsys.readouterr().out.splitlines()[-2:]
    assert lines == ["docs/session.ipynb written", "docs/session.ipynb is up to date"]


def test_downloads_reports_changed_files(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["downloads", "--into", str(tmp_path / "downloads"), "--json"]
    assert main(command, root) == 0
    assert "one-at-a-time.zip" in json.loads(capsys.readouterr().out)["changed"]
    assert main(command, root) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": []}


def test_terminal_shows_a_spinner_colours_and_counts(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert main(["run", "one-at-a-time/take-a-look"], root) == 0
    assert "running one-at-a-time/take-a-look" in capsys.readouterr().err
    assert main(["list"], root) == 0
    out = capsys.readouterr().out
    assert "\x1b[" in out
    assert "1 snippet: 1 agrees" in out
