"""The number of cores that programs may use."""

from __future__ import annotations

import os

import pytest

from snippet_engine.execution.cores import count_cores


def test_cores_are_those_of_the_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3}, raising=False)
    assert count_cores() == 1


def test_cores_are_those_of_the_machine_where_there_is_no_affinity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """macOS has none."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert count_cores() == 12
