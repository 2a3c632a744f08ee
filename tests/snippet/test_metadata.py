"""Parser of the head of a snippet: guarantees, outcomes, claims, requirements."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.programs import build_snippet, build_text

from snippet_engine.errors import SnippetError
from snippet_engine.snippet.model import Claim, Guarantee, Outcome
from snippet_engine.snippet.parser import parse_snippet

HEAD = """
    [[tool.snippet.guarantees]]
    says = "Each starts before it ends."
    order = ['start (?P<name>.)', 'end (?P<name>.)']

    [[tool.snippet.guarantees]]
    says = "Nine lines are printed."
    lines = '='
    exactly = 9
    stream = "stderr"

    [[tool.snippet.guarantees]]
    says = "It grows by one."
    grows = 'n = (?P<n>.)'
    by = 1

    [[tool.snippet.outcomes]]
    name = "lost"
    grade = "surprising"
    says = "Both read 0."
    pattern = '^n = 1$'

    [[tool.snippet.outcomes]]
    name = "hung"
    grade = "forbidden"
    says = "Both wait for the other."
    hangs = 2

    [tool.snippet.claims]
    workers = 10
    seconds = { min = 1, max = 5 }
    "speedup over threads/other" = { min = 2 }
    cost = { printed = '(.*) µs', max = 100 }
"""


def test_guarantees_outcomes_and_claims_are_read() -> None:
    snippet = build_snippet("pass\n", head=HEAD)
    assert snippet.guarantees == (
        Guarantee("Each starts before it ends.", "order", ("start (?P<name>.)", "end (?P<name>.)")),
        Guarantee("Nine lines are printed.", "exactly", ("=",), 9, "stderr"),
        Guarantee("It grows by one.", "grows", ("n = (?P<n>.)",), 1),
    )
    assert snippet.outcomes == (
        Outcome("lost", "surprising", "Both read 0.", pattern="^n = 1$"),
        Outcome("hung", "forbidden", "Both wait for the other.", hangs=2),
    )
    assert snippet.claims == (
        Claim("workers", 10, 10),
        Claim("seconds", 1, 5),
        Claim("speedup over threads/other", 2, None),
        Claim("cost", None, 100, "(.*) µs"),
    )
    assert snippet.time_limit == 2


GUARANTEE = "[[tool.snippet.guarantees]]\nsays = 's'\n"
OUTCOME = "[[tool.snippet.outcomes]]\nname = 'a'\ngrade = 'expected'\nsays = 's'\n"
CLAIMS = "[tool.snippet.claims]\n"


@pytest.mark.parametrize(
    ("head", "line", "reason"),
    [
        ("guarantees = 1", 4, "'guarantees' must be a list of tables"),
        ("guarantees = [1]", 4, "'guarantees' must be a list of tables"),
        ("guarantees = [{says = 's', sometimes = 'x'}]", 4, "unknown key 'sometimes'"),
        ("[[tool.snippet.guarantees]]\nnever = 'x'", 4, "no 'says' in this entry"),
        (
            GUARANTEE,
            4,
            "a guarantee needs exactly one of order, first, grows, exactly, at-least, never",
        ),
        (f"{GUARANTEE}never = 'x'\norder = ['a', 'b']", 4, "this one has order and never"),
        (f"{GUARANTEE}never = 'x('", 6, "'never' must be a pattern"),
        (f"{GUARANTEE}order = ['a']", 6, "'order' must be a list of two or more patterns"),
        (f"{GUARANTEE}grows = 'n = .'", 6, "'grows' must be a pattern with a group (?P<n>…)"),
        (f"{GUARANTEE}exactly = 1", 4, "'exactly' needs 'lines'; add"),
        (f"{GUARANTEE}exactly = -1", 6, "'exactly' must be a count of lines"),
        (f"{GUARANTEE}never = 'x'\nlines = 'y'", 4, "'lines' does not apply to 'never'"),
        (f"{GUARANTEE}never = 'x'\nby = 1", 7, "'by' does not apply to 'never'"),
        (f"{GUARANTEE}never = 'x'\n{GUARANTEE}nevr = 'x'", 9, "did you mean 'never'?"),
        (f"{GUARANTEE}never = 'x'\nstream = 'both'", 7, "'stream' must be 'stdout' or 'stderr'"),
        (OUTCOME, 4, "add 'pattern', 'hangs' or 'raises'"),
        (f"{OUTCOME}hangs = 0", 8, "'hangs' must be a number of seconds"),
        (f"{OUTCOME}pattern = '['", 8, "'pattern' must be a pattern"),
        (f"{OUTCOME}hangs = 1\n{OUTCOME}hangs = 1", 9, "a second outcome has the name 'a'"),
        (OUTCOME.replace("expected", "good"), 6, "'expected', 'surprising' or 'forbidden'"),
        (f"stops = 1\n{OUTCOME}hangs = 1", 5, "'outcomes' cannot be combined with 'stops'"),
        ("claims = 1", 4, "'claims' must be a table"),
        (f"{CLAIMS}workerz = 1", 5, "unknown measure 'workerz'; known are seconds"),
        (f"{CLAIMS}workers = true", 5, "'min' must be a number, not True"),
        (f"{CLAIMS}workers = {{}}", 5, "has neither 'min' nor 'max'"),
        (f"{CLAIMS}workers = {{ mn = 1 }}", 5, "unknown key 'mn'; did you mean 'min'?"),
        (f"{CLAIMS}cost = {{ printed = 'x', min = 1 }}", 5, "must be a pattern with a group"),
    ],
)
def test_invalid_table_is_an_error_with_file_and_line(head: str, line: int, reason: str) -> None:
    with pytest.raises(SnippetError) as caught:
        parse_snippet(build_text("pass\n", head=head), Path("x.py"), "tests/x")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"x.py:{line}: ")
    assert reason in message


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("requires-python = '>=three'", "'requires-python' must be a version specifier"),
        ("requires-python = ''", "'requires-python' must be a version specifier"),
        ("dependencies = ['pandas >']", "'dependencies' must be a list of requirements"),
        ("dependencies = [1]", "'dependencies' must be a list of requirements"),
    ],
)
def test_invalid_requirement_is_an_error(line: str, reason: str) -> None:
    text = f"# /// script\n# {line}\n# [tool.snippet]\n# title = 'T'\n# ///\npass\n"
    with pytest.raises(SnippetError, match=rf"x\.py:2: {reason}"):
        parse_snippet(text, Path("x.py"), "tests/x")


def test_requires_python_decides_which_versions_run_it() -> None:
    """Pre-releases of a version count as that version."""
    text = "# /// script\n# requires-python = '>=3.13'\n# [tool.snippet]\n# title = 'T'\n# ///\n1\n"
    snippet = parse_snippet(text, Path("x.py"), "tests/x")
    assert snippet.can_run_on("3.13.0")
    assert snippet.can_run_on("3.14.0rc1")
    assert not snippet.can_run_on("3.12.9")


@pytest.mark.parametrize("kind", ["exactly", "at-least"])
def test_guarantee_may_have_a_count_of_zero(kind: str) -> None:
    snippet = build_snippet("pass\n", head=f"{GUARANTEE}{kind} = 0\nlines = 'x'")
    assert snippet.guarantees == (Guarantee("s", kind, ("x",), 0),)
