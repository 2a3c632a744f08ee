"""Protocol between the engine and a supervisor."""

from __future__ import annotations

import ast
import marshal
from dataclasses import asdict
from pathlib import Path

import pytest
from helpers.processes import needs_proc
from helpers.programs import build_snippet
from helpers.supervisors import build_request, start_by_hand

from snippet_engine.execution import supervisor_client
from snippet_engine.execution.limits import Limits
from snippet_engine.execution.runner import execute
from snippet_engine.execution.supervisor.protocol import (
    STARTED,
    LimitValues,
    Request,
    Result,
)


def test_limits_are_those_of_the_protocol() -> None:
    assert asdict(Limits()).keys() == LimitValues.__annotations__.keys()


def test_engine_sends_each_field_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[dict[str, object]] = []
    dumps = marshal.dumps
    monkeypatch.setattr(
        supervisor_client.marshal, "dumps", lambda sent: requests.append(sent) or dumps(sent)
    )
    execute(build_snippet("pass\n"))
    [request] = requests
    assert request.keys() == Request.__annotations__.keys()


@needs_proc
@pytest.mark.parametrize("has_proc", [True, False], ids=["linux", "portable"])
def test_supervisor_answers_with_each_field_of_a_result(has_proc: bool, tmp_path: Path) -> None:
    request = build_request(tmp_path, has_proc=has_proc, command=["/bin/echo", "a"])
    with start_by_hand(request) as process:
        assert process.stdout
        started, answer = process.stdout.read().decode().splitlines()
    assert (process.returncode, started) == (0, STARTED)
    result = ast.literal_eval(answer)
    assert result.keys() == Result.__annotations__.keys()
    assert result["exit_status"] == "exit 0"
    [(at, stream, text)] = result["lines"]
    assert (stream, text) == ("stdout", "a")
    assert result["spawned_at"] <= min(at, result["ended_at"])


@needs_proc
@pytest.mark.parametrize("has_proc", [True, False], ids=["linux", "portable"])
def test_supervisor_answers_with_the_reason_of_a_failure(has_proc: bool, tmp_path: Path) -> None:
    request = build_request(tmp_path, has_proc=has_proc, command=["/no/such/program"])
    with start_by_hand(request) as process:
        assert process.stdout
        answer = ast.literal_eval(process.stdout.read().decode())
    assert "No such file" in answer["error"]
