"""When a program began and ended, and how often it is looked at, by the clock of its supervisor."""

from __future__ import annotations

import importlib
import math
import time
from typing import Any

import pytest

from snippet_engine.execution import paths

PID = 7
BEGAN = b"('begin', 9000000000.0, 7, 7)\n"  # later than now, which is now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """That of a program with a probe, which may last for two seconds."""
    monkeypatch.syspath_prepend(str(paths.SUPERVISOR))
    request = {"probed": True, "seconds": 2.0, "patience": 30.0, "at_limit": "stopped"}
    return importlib.import_module("clock").Clock(request)


def look(clock: Any, told: bytes = b"", ended: bool = False, computes: bool = False) -> float:
    """One look at a program that has `told` that of itself."""
    now: float = clock.look(lambda: told, PID, lambda: ended, lambda: computes)
    return now


def test_its_first_lines_are_over_when_it_computes_no_more(
    clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is told once; an interpreter that starts is not there yet."""
    clock.go()
    look(clock)
    began = look(clock, BEGAN, computes=True)
    assert capsys.readouterr().out == ""
    look(clock, BEGAN)
    look(clock, BEGAN)
    assert capsys.readouterr().out == "begun\n"
    assert clock.began == began


def test_what_waits_has_not_begun_whatever_was_told(
    clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no deadline while it waits, and is looked at no oftener than what it uses."""
    clock.ready()
    now = look(clock, BEGAN)
    assert clock.began is None
    assert clock.deadline == math.inf
    assert clock.pause(now, now + 0.1, ending=False) == pytest.approx(0.1)
    assert capsys.readouterr().out == "ready\n"
    clock.go()
    began = look(clock, BEGAN)
    assert clock.began == began
    assert clock.deadline == began + 2.0


def test_what_has_ended_does_not_wait(clock: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody needs to let it go on."""
    look(clock, ended=True)
    clock.ready()
    assert capsys.readouterr().out == "begun\n"


def test_it_is_looked_at_often_when_something_is_about_to_be_seen(clock: Any) -> None:
    """That it has got so far, and that it has ended; else not before it is due."""
    clock.go()
    now = look(clock)
    assert clock.pause(now, now + 0.1, ending=False) < 0.01
    clock.began = time.monotonic()
    now = look(clock)
    assert clock.pause(now, now + 0.1, ending=False) == pytest.approx(0.1)
    assert clock.pause(now, now + 0.1, ending=True) < 0.01
    now = look(clock, ended=True)
    assert clock.pause(now, now + 0.1, ending=True) == pytest.approx(0.1)
    assert clock.pause(now, now - 1.0, ending=True) == 0.0
