"""Differences between runs, and the hint for the head."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import pytest
from helpers.handmade import make_printed_run
from helpers.programs import RACE, build_snippet

from snippet_engine.checking.variation import find_variation
from snippet_engine.snippet.model import Snippet

REORDERED = "only the order of the parts varies; have the program print them sorted"
RACES = "have the program print the same in each run, or declare its possible outcomes"


def find_hint(snippet: Snippet, *outputs: str) -> str:
    """Return the hint for runs that printed these lines, separated by `/`."""
    variation = find_variation(
        snippet, [make_printed_run(*output.split("/")) for output in outputs]
    )
    return variation.hint if variation else ""


def apply_hint(snippet: Snippet, hint: str) -> Snippet:
    """Return the snippet with the keys of `hint` in its head."""
    keys = re.fullmatch(r"write (.*) under \[tool\.snippet\]", hint)
    assert keys
    head = tomllib.loads(re.sub(r" and (?=mask = )", "\n", keys[1]))
    head["mask"] = tuple(map(tuple, head.get("mask", ())))
    return replace(snippet, **head)


@pytest.mark.parametrize(
    ("head", "outputs", "hint"),
    [
        ("", ("a/b/c", "b/a/c", "c/b/a"), 'lines = "any-order"'),
        ("", ("a/a/b", "a/b/b", "b/a/a"), 'lines = "each-kind"'),
        ('lines = "any-order"', ("a/a/b", "a/b/b", "b/a/a"), 'lines = "each-kind"'),
        ("", ("id 12", "id 7", "id 99"), r"""mask = [['(?<=id )\d+$', "number"]]"""),
        ("", ("12 ms", "7 ms", "9.5 ms"), r"""mask = [['^[\d.]+(?= ms)', "number"]]"""),
        (
            "",
            ("it's 12 of 40/x", "it's 7 of 41/x", "it's 9 of 42/x"),
            r"""mask = [['(?<=it.s )\d+(?= of )', "number"], ['(?<= of )\d+$', "number"]]""",
        ),
        (
            "",
            ("key a1f.", "key 0b2.", "key 9cc."),
            """mask = [['(?<=key )[0-9a-f]+(?=\\.)', "id"]]""",
        ),
        ("", ("file t_x1k ok", "file t_q22 ok"), r"""mask = [['(?<=file )\S+(?= ok)', "id"]]"""),
        (
            "mask = [['[A-Z]', \"letter\"]]",
            ("A 1", "A 2", "A 3"),
            r"""mask = [['[A-Z]', "letter"], ['(?<=A )\d+$', "number"]]""",
        ),
        (
            "",
            ("a 1/b 2", "b 3/a 4", "a 5/b 6"),
            r"""lines = "any-order" and mask = [['(?<=a )\d+$', "number"], """
            r"""['(?<=b )\d+$', "number"]]""",
        ),
        ("", ("!pid: x/!b", "!b/!pid: x"), 'lines = "any-order"'),
        ("", ("{'a', 'b'}", "{'b', 'a'}", "{'a', 'b'}"), REORDERED),
        ("", ("heads", "tails", "heads"), RACES),
        ("", ("a/b", "a", "a/b"), RACES),
        ("", ("a 1/b", "a 2", "a 3/b"), RACES),
    ],
)
def test_hint_makes_the_runs_agree(head: str, outputs: tuple[str, ...], hint: str) -> None:
    """It is the narrowest that does; words are never masked."""
    snippet = build_snippet("pass\n", head=head)
    found = find_hint(snippet, *outputs)
    if hint in (REORDERED, RACES):
        assert found.startswith(hint)
        return
    assert found == f"write {hint} under [tool.snippet]"
    if "letter" not in hint:  # the head has another mask, which the text of the test reads
        assert find_hint(apply_hint(snippet, found), *outputs) == ""


@pytest.mark.parametrize(
    ("head", "outputs"),
    [
        ("", ("a/b", "a/b")),
        ("", ("took 1.51s", "took 0.20s")),  # a built-in mask
        ('lines = "any-order"', ("a/b", "b/a")),
        ("stops = 1", ("a/b", "a/b/c", "a")),
        (RACE, ("a", "b")),
    ],
)
def test_differences_that_the_head_allows_are_no_variation(
    head: str, outputs: tuple[str, ...]
) -> None:
    assert find_hint(build_snippet("pass\n", head=head), *outputs) == ""


def test_varying_lines_are_shown_run_by_run_up_to_a_limit() -> None:
    runs = [make_printed_run("same", "x 1", "x", "!e 1"), make_printed_run("same", "x 2", "!e 2")]
    found = find_variation(build_snippet("pass\n"), runs)
    assert str(found).splitlines()[:-1] == [
        "its output varies from run to run, so nothing is written",
        "  stdout, line 2",
        "    run 1: x 1",
        "    run 2: x 2",
        "  stdout, line 3",
        "    run 1: x",
        "    run 2: (none)",
        "  stderr, line 1",
        "    run 1: e 1",
        "    run 2: e 2",
    ]
    many = [make_printed_run(*(f"{n} {run}" for n in range(8))) for run in ("a", "b")]
    text = str(find_variation(build_snippet("pass\n"), many))
    assert "line 5" in text
    assert "line 6" not in text
    assert "\n  and 3 more\n" in text
    as_many_as_shown = [make_printed_run(*(f"{n} {run}" for n in range(5))) for run in ("a", "b")]
    assert " more" not in str(find_variation(build_snippet("pass\n"), as_many_as_shown))
