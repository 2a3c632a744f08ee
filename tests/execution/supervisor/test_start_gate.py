"""Hold of a program before its first line."""

from __future__ import annotations

import os
import select

from snippet_engine.execution.supervisor.start_gate import VARIABLE, StartGate


def has_input(file: int) -> bool:
    return bool(select.select([file], [], [], 0)[0])


def test_supervisor_sees_that_the_program_waits_and_releases_it() -> None:
    gate = StartGate()
    report, wait = map(int, gate.enter_program()[VARIABLE].split())
    assert os.get_inheritable(report)
    assert os.get_inheritable(wait)
    assert not has_input(gate.reached)
    os.write(report, b".")
    assert has_input(gate.reached)
    assert not has_input(wait)
    gate.release()
    assert has_input(wait)


def test_end_of_the_program_looks_like_waiting_and_release_has_no_effect() -> None:
    gate = StartGate()
    gate.enter_supervisor()  # no process has the program's ends any more
    assert has_input(gate.reached)
    assert os.read(gate.reached, 1) == b""
    gate.release()
