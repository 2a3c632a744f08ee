"""Samples of racy programs: how often each outcome occurs."""

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
def test_counts_of_all_outcomes_add_up_to_the_runs() -> None:
    """One of the outcomes is a hang."""
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
def test_program_with_one_outcome_has_one_count(code: str, name: str) -> None:
    """Printed text and a hang are both outcomes."""
    sample = sample_outcomes(build_snippet(code, head=HEAD), 2)
    assert (sample.runs, sample.counts) == (2, ((name, 2),))


@pytest.mark.parametrize(
    ("side", "message"),
    [("gone", "the forbidden outcome 'gone'"), ("lost", "no declared outcome .exit 0.\n  lost")],
)
def test_forbidden_or_undeclared_outcome_is_an_error_with_the_output(
    side: str, message: str
) -> None:
    with pytest.raises(UndeclaredOutcome, match=message):
        sample_outcomes(build_snippet(f"print('{side}')\n", head=HEAD), 2)


def test_sample_replaces_only_the_one_of_its_python_version() -> None:
    """Samples are sorted by version."""
    old = Sample(10, "3.12.1", 2, (("heads", 10),))
    snippet = replace(build_snippet(COIN, head=HEAD), samples=(old,))
    new = Sample(20, "3.12.4", 4, (("tails", 20),))
    first = Sample(20, "3.11.7", 4, (("tails", 20),))
    assert replace_sample(snippet, new).samples == (new,)
    assert replace_sample(snippet, first).samples == (first, old)


@pytest.mark.parametrize("runs", ["0", "-1", "many"])
def test_command_refuses_a_number_of_runs_below_one(
    runs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["sample", "locks/two-locks", "--runs", runs])
    assert "--runs" in capsys.readouterr().err


def test_probe_is_not_loaded_for_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could influence the outcomes."""
    probe_options = []

    def execute(*_: object, probe: bool = True, **__: object) -> Run:
        probe_options.append(probe)
        return make_printed_run("1")

    monkeypatch.setattr(sampling, "execute", execute)
    outcome = '[[tool.snippet.outcomes]]\nname = "one"\ngrade = "expected"\nsays = "So."\n'
    sample_outcomes(build_snippet("print(1)\n", head=outcome + 'pattern = "1"'), 2, concurrency=1)
    assert probe_options == [False, False]
