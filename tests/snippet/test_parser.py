"""One file of `snippets/` is parsed, checked and written."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import snippet_of, text_of

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Recording
from snippet_engine.snippet.parser import parse_snippet
from snippet_engine.snippet.snippet_file import SnippetPath
from snippet_engine.snippet.versions import get_feature_version

PATH = Path("snippets/threads/x.py")


def complaint(text: str) -> str:
    """What parsing `text` complains of."""
    with pytest.raises(SnippetError) as caught:
        parse_snippet(text, PATH, "threads/x")
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_whole_head_is_read() -> None:
    """Each key of the head becomes a field of the snippet."""
    head = """
        title = "T"
        source = 5
        lines = "any-order"
        setup = "d = {}"
        stops = 3.5
        mask = [['\\d+', "n"]]
        alone = true
        start-method = "fork"
    """
    snippet = snippet_of("pass\n", head=head)
    assert (snippet.title, snippet.source, snippet.lines) == ("T", 5, "any-order")
    assert (snippet.setup, snippet.stop_after, snippet.mask) == ("d = {}", 3.5, (("\\d+", "n"),))
    assert (snippet.exclusive, snippet.start_method, snippet.raises) == (True, "fork", None)


def test_the_text_of_a_snippet_is_its_file_to_the_byte() -> None:
    """Parsing and writing gives back what was read, recordings included."""
    text = text_of(
        'print("#> no recording")\n\n\n',
        recording="#: output\n#> a\n#>\n#>   b\n#! c\n#: output on Python 3.12\n#> d\n",
    )
    snippet = parse_snippet(text, PATH, "threads/x")
    assert snippet.text == text
    assert snippet.code == 'print("#> no recording")\n\n\n'
    lines = (("stdout", "a"), ("stdout", ""), ("stdout", "  b"), ("stderr", "c"))
    assert snippet.recordings == (Recording(lines), Recording((("stdout", "d"),), "3.12"))


def test_a_version_without_a_recording_has_the_nearest_older_one() -> None:
    """The oldest there is, where none is as old."""
    both = snippet_of("pass\n", recording="#: output\n#> a\n#: output on Python 3.13\n#> b\n")
    printed = {
        python: both.find_recording(python).lines[0][1] for python in ("3.11", "3.12", "3.13")
    }
    assert printed == {"3.11": "a", "3.12": "a", "3.13": "b"}
    assert (
        both.find_recording("3.14").lines == both.find_recording("3.99").lines == (("stdout", "b"),)
    )
    late = snippet_of("pass\n", recording="#: output on Python 3.14\n#> c\n")
    assert late.find_recording("3.12").lines == (("stdout", "c"),)
    assert snippet_of("pass\n").find_recording("3.12") is None


def test_a_program_without_a_last_newline_is_given_one() -> None:
    """A recording added later begins on a line of its own."""
    snippet = replace(snippet_of("pass"), recordings=(Recording((("stdout", "a"),)),))
    assert snippet.text.endswith("pass\n#: output\n#> a\n")


@pytest.mark.parametrize(
    ("head", "line", "words"),
    [
        ('titel = "T"', 4, "unknown key 'titel'; did you mean 'title'?"),
        ("colour = 1", 4, "unknown key 'colour'; known are title, source"),
        ("title = 3", 3, "'title' must be a line of text, not 3"),
        ('title = "  "', 3, "'title' must be a line of text"),
        ('lines = "some-order"', 4, "'lines' must be 'in-order', 'any-order' or 'each-kind'"),
        ("stops = -1", 4, "'stops' must be a number of seconds"),
        ("stops = true", 4, "'stops' must be a number of seconds"),
        ("source = 1.5", 4, "'source' must be the number of a block"),
        ('raises = "not a name"', 4, "'raises' must be the name of an exception"),
        ('mask = [["(", "n"]]', 4, "'mask' must be a list of pairs"),
        ('mask = [["a"]]', 4, "'mask' must be a list of pairs"),
        ('mask = "a"', 4, "'mask' must be a list of pairs"),
        ('start-method = "vfork"', 4, "'start-method' must be"),
        ('stops = 1\nraises = "E"', 5, "cannot also have 'raises'"),
        ('title = "T', 3, "bad TOML"),
        ("title = ", 3, "bad TOML"),
        ('x = 1\ny = """', 5, "bad TOML"),
    ],
)
def test_a_broken_head_is_told_with_file_and_line(head: str, line: int, words: str) -> None:
    """What is wrong with a head is one line with the file, the line and the fault."""
    message = complaint(text_of("pass\n", head=head))
    assert message.startswith(f"{PATH}:{line}: ")
    assert words in message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the first line must be"),
        ("print(1)\n", 1, "the first line must be"),
        ("# /// script\n# [tool.snippet]\n", 1, "never ends"),
        ("# /// script\nprint()\n# ///\n", 2, "begins with '# '"),
        ("# /// script\n#title = 1\n# ///\n", 2, "begins with '# '"),
        ("# /// script\n# [tool.snippet]\n# ///\npass\n", 1, "no title"),
        ("# /// script\n# dependencies = 1\n# ///\npass\n", 2, "a list of requirements"),
        ("# /// script\n# needs = 1\n# ///\npass\n", 2, "unknown key 'needs'"),
        ("# /// script\n# [tool]\n# snippet = 1\n# ///\npass\n", 3, "must be a table"),
        (text_of(""), 5, "no program"),
        (text_of("pass\n", recording="#: output\nprint()\n"), 7, "'#> ' (output)"),
        (text_of("pass\n", recording="#: output\n#>x\n"), 7, "'#> ' (output)"),
        (text_of("pass\n", recording="#: output on 3.12\n"), 6, "'#> ' (output)"),
        (text_of("pass\n", recording="#: output\n#: output\n"), 7, "a second"),
    ],
)
def test_a_broken_file_is_told_with_file_and_line(text: str, line: int, words: str) -> None:
    """What is wrong with a file is one line with the file, the line and the fault."""
    message = complaint(text)
    assert message.startswith(f"{PATH}:{line}: ")
    assert words in message


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old file and nothing beside it."""
    path = SnippetPath(tmp_path / "x.py")
    assert path.write_text("old é\n") == 6
    assert path.read_text() == "old é\n"

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        path.write_text("new\n")
    assert path.read_text() == "old é\n"
    assert os.listdir(tmp_path) == ["x.py"]


def test_what_killed_writers_left_is_taken_away(tmp_path: Path) -> None:
    """Of a process that is no more, or long ago; what another is writing stays."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    old, others = tmp_path / ".y.py.1", [".y.py.9lives", f".z.py.{os.getpid()}"]
    for name in (old.name, f".x.py.{ended.pid}", *others):
        (tmp_path / name).write_text("half")
    os.utime(old, (0, 0))
    SnippetPath(tmp_path / "x.py").write_text("whole\n")
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "x.py"])


def test_a_version_is_its_first_two_parts() -> None:
    """Patch releases share a recording."""
    assert get_feature_version("3.12.1") == "3.12"
    assert get_feature_version("3.14.0rc2") == "3.14"
