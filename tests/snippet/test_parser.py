"""Parser of a snippet's file: head, program, recordings and samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers.programs import OUTCOMES_HEAD, build_snippet, build_text

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Recording, Sample
from snippet_engine.snippet.parser import parse_snippet

PATH = Path("snippets/threads/x.py")


def parse_invalid(text: str) -> str:
    """Return the message of the error in `text`."""
    with pytest.raises(SnippetError) as caught:
        parse_snippet(text, PATH, "threads/x")
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_each_key_of_the_head_becomes_a_field() -> None:
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
    snippet = build_snippet("pass\n", head=head)
    assert (snippet.title, snippet.source, snippet.lines) == ("T", 5, "any-order")
    assert (snippet.setup, snippet.stop_after, snippet.mask) == ("d = {}", 3.5, (("\\d+", "n"),))
    assert (snippet.exclusive, snippet.start_method, snippet.raises) == (True, "fork", None)


def test_text_of_a_snippet_equals_its_file() -> None:
    text = build_text(
        'print("#> no recording")\n\n\n',
        recording="#: output\n#> a\n#>\n#>   b\n#! c\n#: output on Python 3.12\n#> d\n",
    )
    snippet = parse_snippet(text, PATH, "threads/x")
    assert snippet.text == text
    assert snippet.code == 'print("#> no recording")\n\n\n'
    lines = (("stdout", "a"), ("stdout", ""), ("stdout", "  b"), ("stderr", "c"))
    assert snippet.recordings == (Recording(lines), Recording((("stdout", "d"),), "3.12"))


def test_version_without_a_recording_has_the_nearest_older_or_else_the_oldest() -> None:
    both = build_snippet("pass\n", recording="#: output\n#> a\n#: output on Python 3.13\n#> b\n")
    printed = {
        python: both.find_recording(python).lines[0][1] for python in ("3.11", "3.12", "3.13")
    }
    assert printed == {"3.11": "a", "3.12": "a", "3.13": "b"}
    assert (
        both.find_recording("3.14").lines == both.find_recording("3.99").lines == (("stdout", "b"),)
    )
    late = build_snippet(
        "pass\n", recording="#: output on Python 3.14\n#> c\n#: output on Python 3.15\n#> d\n"
    )
    assert late.find_recording("3.12").lines == (("stdout", "c"),)
    assert build_snippet("pass\n").find_recording("3.12") is None


def test_program_without_a_final_newline_gets_one() -> None:
    snippet = replace(build_snippet("pass"), recordings=(Recording((("stdout", "a"),)),))
    assert snippet.text.endswith("pass\n#: output\n#> a\n")


@pytest.mark.parametrize(
    ("head", "line", "reason"),
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
        ('stops = 1\nraises = "E"', 5, "'raises' cannot be combined with 'stops'"),
        ('title = "T', 3, "invalid TOML"),
        ("title = ", 3, "invalid TOML"),
        ('x = 1\ny = """', 5, "invalid TOML"),
    ],
)
def test_invalid_head_is_an_error_with_file_and_line(head: str, line: int, reason: str) -> None:
    message = parse_invalid(build_text("pass\n", head=head))
    assert message.startswith(f"{PATH}:{line}: ")
    assert reason in message


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the first line must be"),
        ("print(1)\n", 1, "the first line must be"),
        ("# /// script\n# [tool.snippet]\n", 1, "the head has no end"),
        ("# /// script\nprint()\n# ///\n", 2, "begin it with that"),
        ("# /// script\n#title = 1\n# ///\n", 2, "begin it with that"),
        ("# /// script\n# [tool.snippet]\n# ///\npass\n", 1, "no title"),
        ("# /// script\n# dependencies = 1\n# ///\npass\n", 2, "a list of requirements"),
        ("# /// script\n# needs = 1\n# ///\npass\n", 2, "unknown key 'needs'"),
        ("# /// script\n# [tool]\n# snippet = 1\n# ///\npass\n", 3, "must be a table"),
        (build_text(""), 5, "no program follows the head"),
        (build_text("pass\n", recording="#: output\nprint()\n"), 7, "'#> ' (output)"),
        (build_text("pass\n", recording="#: output\n#>x\n"), 7, "'#> ' (output)"),
        (build_text("pass\n", recording="#: output on 3.12\n"), 6, "'#> ' (output)"),
        (build_text("pass\n", recording="#: output\n#: output\n"), 7, "a second"),
    ],
)
def test_invalid_file_is_an_error_with_file_and_line(text: str, line: int, reason: str) -> None:
    message = parse_invalid(text)
    assert message.startswith(f"{PATH}:{line}: ")
    assert reason in message


def test_sample_of_outcomes_is_read_and_written() -> None:
    text = build_text(
        "pass\n",
        head=OUTCOMES_HEAD,
        recording="""
            #: output
            #> n = 2
            #: outcomes of 200 runs on Python 3.11.7, 2 cores
            #= 150 counted
            #= 50 deadlock
            #: outcomes of 1 runs on Python 3.13.0rc1, 1 core
            #= 1 counted
        """,
    )
    snippet = build_snippet("pass\n", head=OUTCOMES_HEAD, recording=text[text.index("#: output") :])
    assert snippet.samples == (
        Sample(200, "3.11.7", 2, (("counted", 150), ("deadlock", 50))),
        Sample(1, "3.13.0rc1", 1, (("counted", 1),)),
    )
    assert snippet.text == text
    assert snippet.find_sample("3.11") == snippet.samples[0]
    assert snippet.find_sample("3.12") is None
    assert [snippet.samples[0].count(name) for name in ("deadlock", "invented")] == [50, 0]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("#= 3 unheard of", "unknown outcome 'unheard of'; declare it"),
        ("#> 3", "begin it with '#= '"),
        (
            "#: outcomes of 1 runs on Python 3.11.2, 1 core",
            "a second sample of outcomes on Python 3.11",
        ),
    ],
)
def test_invalid_sample_is_an_error(lines: str, reason: str) -> None:
    counted = f"#: outcomes of 9 runs on Python 3.11.7, 2 cores\n{lines}\n"
    with pytest.raises(SnippetError, match=reason):
        build_snippet("pass\n", head=OUTCOMES_HEAD, recording=counted)
