"""A racy program is run many times, and its outcomes counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.handmade import make_printed_run
from helpers.programs import build_snippet

from snippet_engine.__main__ import main
from snippet_engine.execution.cores import count_cores
from snippet_engine.project import sampling
from snippet_engine.project.sampling import UndeclaredOutcome, replace_sample, sample_outcomes
from snippet_engine.run import Run
from snippet_engine.snippet.model import Sample
from snippet_engine.snippet.versions import get_feature_version

HEAD = """
    [[tool.snippet.outcomes]]
    name = "heads"
    grade = "expected"
    says = "It fell so."
    pattern = "^heads$"

    [[tool.snippet.outcomes]]
    name = "tails"
    grade = "surprising"
    says = "It fell so."
    pattern = "^tails$"

    [[tool.snippet.outcomes]]
    name = "edge"
    grade = "surprising"
    says = "It stands."
    hangs = 0.3

    [[tool.snippet.outcomes]]
    name = "gone"
    grade = "forbidden"
    says = "It rolled away."
    pattern = "^gone$"
"""
COIN = """
    import os, time
    side = os.urandom(1)[0] % 3
    if side == 2:
        time.sleep(60)
    print(["heads", "tails"][side])
"""


@pytest.mark.slow
def test_each_outcome_is_counted() -> None:
    """The counts add up to the runs, a hang among them."""
    sample = sample_outcomes(build_snippet(COIN, head=HEAD), 40)
    assert {name for name, _ in sample.counts} == {"heads", "tails", "edge"}
    assert sum(count for _, count in sample.counts) == sample.runs == 40
    assert (get_feature_version(sample.python), sample.cores) == (
        get_feature_version(),
        count_cores(),
    )


@pytest.mark.parametrize(
    ("code", "name"), [("print('tails')\n", "tails"), ("import time\ntime.sleep(60)\n", "edge")]
)
def test_a_hang_is_counted_as_a_printed_line_is(code: str, name: str) -> None:
    """A program that always comes to the same has one count, that of all its runs."""
    sample = sample_outcomes(build_snippet(code, head=HEAD), 2)
    assert (sample.runs, sample.counts) == (2, ((name, 2),))


@pytest.mark.parametrize(
    ("side", "words"),
    [("gone", "the forbidden outcome 'gone'"), ("lost", "no declared outcome .exit 0.\n  lost")],
)
def test_what_is_forbidden_or_undeclared_is_told_with_its_output(side: str, words: str) -> None:
    """Nothing is counted then."""
    with pytest.raises(UndeclaredOutcome, match=words):
        sample_outcomes(build_snippet(f"print('{side}')\n", head=HEAD), 2)


def test_a_sample_takes_the_place_of_the_one_for_its_version() -> None:
    """Other versions keep theirs, in order."""
    old = Sample(10, "3.12.1", 2, (("heads", 10),))
    snippet = replace(build_snippet(COIN, head=HEAD), samples=(old,))
    new = Sample(20, "3.12.4", 4, (("tails", 20),))
    first = Sample(20, "3.11.7", 4, (("tails", 20),))
    assert replace_sample(snippet, new).samples == (new,)
    assert replace_sample(snippet, first).samples == (first, old)


@pytest.mark.parametrize("runs", ["0", "-1", "many"])
def test_a_number_of_runs_is_at_least_one(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Else the command says so, and runs nothing."""
    with pytest.raises(SystemExit):
        main(["sample", "locks/two-locks", "--runs", runs])
    assert "--runs" in capsys.readouterr().err


def test_the_probe_is_left_out_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes of the program alone are counted."""
    probed = []

    def execute(*_: object, probe: bool = True, **__: object) -> Run:
        probed.append(probe)
        return make_printed_run("1")

    monkeypatch.setattr(sampling, "execute", execute)
    outcome = '[[tool.snippet.outcomes]]\nname = "one"\ngrade = "expected"\nsays = "So."\n'
    sample_outcomes(build_snippet("print(1)\n", head=outcome + 'pattern = "1"'), 2, concurrency=1)
    assert probed == [False, False]
