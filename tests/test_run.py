"""Conversion of a run to and from JSON."""

from __future__ import annotations

import pytest

from snippet_engine.run import Line, Link, Provenance, Run, Span, Worker

RUN = Run(
    seconds=1.5,
    cpu_seconds=0.25,
    peak_memory=1 << 24,
    ending="exit 0",
    provenance=Provenance(
        "3.11.7", "CPython main", "Linux", 2, "fork", "2026-01-02T03:04:05+00:00"
    ),
    lines=(Line(0.5, "stdout", "é \N{SYMBOL FOR NULL} </script>", "w1"), Line(1.0, "stderr", "")),
    workers=(
        Worker("w0", "process", "main", None, 0.0, 1.5, 10),
        Worker("w1", "thread", "wait 1", "w0", 0.1, None, 10, "wait", 3, ((0.0, 0.5), (1.0, 0.25))),
    ),
    spans=(Span("w1", "waiting", 0.1, None, "sleep", 4),),
    links=(Link("w1", "w0", 1.0, "join"),),
)


def test_run_survives_the_conversion_to_json_and_back() -> None:
    assert Run.from_json(RUN.to_json()) == RUN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seconds": 1}', "null", RUN.to_json()[:-9]])
def test_text_that_is_not_a_run_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a run|line 1"):
        Run.from_json(text)
